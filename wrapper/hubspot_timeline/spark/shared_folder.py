"""Folders that all tasks and the driver reach: a local path, or a URL of S3, GCS or HDFS."""

from pathlib import Path

from attrs import frozen
from pyarrow import ArrowInvalid
from pyarrow.fs import FileSelector, FileSystem, FileType, LocalFileSystem, copy_files

from hubspot_timeline.errors import OptionError

# Spark does not read what begins with an underscore.
_ATTEMPTS = "_attempts"


@frozen
class SharedFolder:
    """The folder of an option. Files of attempts stay apart, in one folder for each run, until it is committed."""

    url: str

    @classmethod
    def of(cls, option: str, url: str | None) -> "SharedFolder | None":
        """Return the folder at a path or URL, None for None. Raises OptionError."""
        if url is None:
            return None
        folder = cls(url)
        try:
            folder._path("")
        except (ArrowInvalid, OSError) as error:
            raise OptionError(f"option {option}: {error}; give an absolute path, or a URL such as s3://…") from error
        return folder

    def record_attempt(self, run: str, partition: int, attempt: int) -> None:
        """Record that an attempt of a task begins."""
        self.write(f"{_ATTEMPTS}/{run}/part-{partition:05}/{attempt}", b"")

    def count_attempts(self, run: str, partition: int) -> int:
        """Return how many attempts of a task began."""
        files, path = self._path(f"{_ATTEMPTS}/{run}/part-{partition:05}")
        return len(files.get_file_info(FileSelector(path, allow_not_found=True)))

    def upload(self, run: str, name: str, local: Path) -> None:
        """Copy a file of an attempt."""
        files, path = self._path(f"{_ATTEMPTS}/{run}/{name}")
        files.create_dir(path.rpartition("/")[0])
        copy_files(str(local), path, LocalFileSystem(), files)

    def publish(self, run: str, name: str, published: str) -> str:
        """Move a file of the attempt that counts to its place, and return its path."""
        files, source = self._path(f"{_ATTEMPTS}/{run}/{name}")
        _, target = self._path(published)
        files.move(source, target)
        return target

    def write(self, name: str, content: bytes) -> None:
        """Write a file."""
        files, path = self._path(name)
        files.create_dir(path.rpartition("/")[0])
        with files.open_output_stream(path) as stream:
            stream.write(content)

    def remove_attempts(self, run: str) -> None:
        """Delete the files of all attempts of a run."""
        files, path = self._path(f"{_ATTEMPTS}/{run}")
        if files.get_file_info(path).type is not FileType.NotFound:
            files.delete_dir(path)

    def _path(self, name: str) -> tuple[FileSystem, str]:
        files, root = FileSystem.from_uri(self.url)
        return files, f"{root.rstrip('/')}/{name}"
