"""A session of Spark for the tests that need Java; their files follow each other, and so mostly share it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hubspot_timeline_testing.sandbox import Account, RequestLimit, SandboxServer, SandboxSettings
from tests.helpers.document import ROOT
from tests.helpers.java import require_java
from tests.helpers.spark_faults import FAULT_VARIABLE, URL_VARIABLE
from tests.helpers.spark_jobs import ACCOUNTS

LIMIT = RequestLimit(12, 1)

_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # a short run is not worth optimizing for
_CONFIGURATION = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": _JVM,
    "spark.executor.extraJavaOptions": _JVM,
    "spark.executor.memory": "512m",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "30",
    "spark.ui.showConsoleProgress": "false",
}


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[SandboxServer]:
    """Return a sandbox with accounts that have a rate limit each."""
    accounts = [Account(name=name, access_token=f"token-{name}") for name in (*ACCOUNTS, "4711", "4712")]
    with SandboxServer(settings=SandboxSettings(accounts=accounts, limit=LIMIT)) as server:
        yield server


@pytest.fixture(scope="session")
def fault_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that tells tasks their fault."""
    file = tmp_path_factory.mktemp("fault") / "fault"
    file.write_text("", encoding="utf-8")
    return file


@pytest.fixture
def sandbox(shared_sandbox: SandboxServer, fault_file: Path) -> SandboxServer:
    """Return the sandbox, empty, without a fault of a task."""
    fault_file.write_text("", encoding="utf-8")
    shared_sandbox.control.reset()
    return shared_sandbox


@pytest.fixture(scope="session")
def module_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose modules the tasks can import."""
    return tmp_path_factory.mktemp("modules")


@pytest.fixture(scope="session")
def spark(
    shared_sandbox: SandboxServer, fault_file: Path, module_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SparkSession]:
    """Return a session of two threads, which attempts a task four times."""
    require_java()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in task_environment(shared_sandbox.url, fault_file).items():
            patch.setenv(name, value)
        patch.setenv("PYTHONPATH", str(module_folder), prepend=os.pathsep)
        patch.setenv("HUBSPOT_TIMELINE_BASE_URL", shared_sandbox.url)
        patch.chdir(tmp_path_factory.mktemp("spark"))  # it writes into the current folder
        session = new_session("local[2,4]")
        yield session
        session.stop()


def new_session(master: str, **configuration: str) -> SparkSession:
    """Return a session."""
    session = SparkSession.builder.master(master).config(map={**_CONFIGURATION, **configuration}).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def task_environment(url: str, fault_file: Path) -> dict[str, str]:
    """Return the environment of Spark and its tasks."""
    return {
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
        "SPARK_LOCAL_IP": "127.0.0.1",
        URL_VARIABLE: url,
        FAULT_VARIABLE: str(fault_file),
    }
