"""Write events.jsonl, companies.csv, app-events.jsonl and the list in README.md of what is wrong in them.

Each run writes the same bytes: beside this file, or into the folder that is given.
"""

import csv
import io
import json
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

HERE = Path(__file__).parent
MARK = "<!-- make_samples.py writes what follows. -->\n"
LINES, BLANKS, TWICE, CRLF = 5200, 4, 6, 1800  # of events.jsonl
RECORDS, TOO_LONG, HALF_FRAME = 300, 98, 212  # of companies.csv, counted from 1
APP_EVENTS = 240  # lines of app-events.jsonl
START, DAYS = datetime(2026, 6, 1, tzinfo=UTC), 168
DATES = range(1_782_864_000_000, 1_798_761_600_000, 86_400_000)  # midnights in epoch milliseconds
ZONES = (UTC, UTC, UTC, *(timezone(timedelta(minutes=east)) for east in (120, -300, 330, 540)))
BOOL, SITES = (True, False), ("example.com", "example.org", "example.net")
IDENTITIES = (("email",), ("utk",), ("objectId",), ("email", "utk"), ("objectId", "email"))
# fmt: off
NAMES = (  # nobody's: nearly each word says "sample" or "test" in its language
    "Ada Sample", "Zoë Voorbeeld", "Örnek Deneme", "Příklad Zkouška", "Proef O'Exemple", "Mẫu Thử", "Δείγμα Δοκιμή",
    "Проба Примерова", "Նմուշ Փորձյան", "ნიმუში ტესტაძე", "例文 見本子", "样本 测试", "예시 시험", "नमूना परीक्षण",
    "மாதிரி சோதனை", "ตัวอย่าง ทดสอบ", "ምሳሌ ሙከራ", "Noe\u0308l Demo", "Demo 👩🏽\u200d💻", "مثال تجريبي", "דוגמה ניסיון",
)
PHRASES = (
    "Thank you!", "Works as it should 👍", "Schöne Grüße!", "Très bien, merci…", "Nai\u0308ve cafe\u0301", "谢谢",
    "ありがとう 🙏", "Спасибо, всё работает", "बहुत धन्यवाद", "ขอบคุณมาก", "Two lines:\nthe second\twith a tab",
    'A \\ and a "quote"', "🏳️\u200d🌈 5 ★", "شكرًا جزيلًا", "תודה רבה",
)
ODD_IDS = ("ticket/47/reply 2", "o'sample", 'say "hi"', "Größe-ÄÖÜ", "back\\slash", "100% #1?a=b&c", "番号/壱", "🎟️-42")
WEBINAR, TICKET = "1000123", "1000124"
SHARES = (25, 20, 10, 12, 15, 10, 8)
PRODUCTS: dict[str, tuple[str, str, Json, Json]] = {  # template: id, record, tokens and extraData, for fill()
    WEBINAR: ("webinar-{n:06}", "contact",
        {"webinarName": ("Launch day 🚀", "Häufige Fragen", "はじめての見本"), "remind": BOOL, "seats": range(1, 5)},
        {"questions": [{"text": PHRASES, "votes": range(40)}], "from": {"utm": {"source": "mailing", "term": None}}}),
    TICKET: ("TCK-2026-{n}", "contact",
        {"ticket.number": range(10_000, 99_999), "status": ("opened", "answered", "closed"), "name": NAMES},
        {"messages": [{"by": {"name": NAMES}, "text": PHRASES, "files": [{"bytes": range(90_000)}]}] * 2}),
    "1000125": ("env_{h:020x}", "deal",
        {"document": ("Contract № 7", "Vertrag für Zwei"), "step": ("sent", "viewed", "signed"), "final": BOOL},
        {"envelope": {"signers": [{"name": NAMES, "fields": {"initials": [range(9), 12], "date": None}}] * 2}}),
    "1000126": ("in_{h:020x}", "company",
        {"amount": (9.5, 19.99, 240, 1200.0), "currency": ("EUR", "USD", "JPY"), "paid": BOOL},
        {"invoice": {"lines": [{"net": {"cents": range(90_000)}}] * 3, "tax": {"rate": 0.19, "reverse": BOOL}}}),
    "1000127": ("usage:{n}", "contact",
        {"milestone": ("first report", "100 exports"), "days-since_start": range(400)},
        {"counts": {"week": [range(99)] * 7, "by": {"area": {"board": {"share": (0.5, 1e-7), "new": BOOL}}}}}),
    "1000128": ("{h:020x}", "contact",
        {"score": range(11), "comment": PHRASES, "name": NAMES},
        {"language": ("de", "ja", None), "answers": [{"a": {"score": range(11), "words": PHRASES}}] * 3}),
    "1000129": ("parcel.{n}.{h:x}", "2-7000129",
        {"state": ("packed", "on its way", "delivered"), "due": DATES},
        {"route": {"stops": [{"at": {"place": ("Samplestadt", "例町"), "lat": range(-60, 60)}}] * 2}}),
}
# fmt: on
FAULTS: dict[str, str | Json] = {  # the whole line, or what replaces fields (None: removes) of a good webinar event
    "broken JSON, cut off": '{"eventTemplateId": "1000123", "id": "webinar-cut", "email": "sample+7@ex',
    "a list, not an object": '["1000123", "webinar-list", "sample+7@example.org"]',
    "`eventTemplateId` is missing": {"eventTemplateId": None},
    "unknown field `emial`": {"objectId": "5000007", "email": None, "emial": "sample+7@example.org"},
    "`NaN` in `extraData`": {"extraData": {"questions": [{"votes": float("nan")}]}},
    "half a surrogate pair, `\\ud83d`, in a token": {"tokens": {"webinarName": "Launch day \ud83d"}},
    "`timestamp` without a time zone": {"timestamp": "2026-09-09T09:09:09"},
    "`id` of 502 bytes (251 characters)": {"id": "ü" * 251},
    "no `objectId`, `utk` or `email`": {"objectId": None, "utk": None, "email": None},
    "reserved token name `log`": {"tokens": {"webinarName": "Launch day", "log": "joined"}},
    "token `remind` is null": {"tokens": {"webinarName": "Launch day", "remind": None}},
}
UIDS = {  # of the event types that `hubspot-timeline migrate` makes of the templates
    WEBINAR: "webinar_registration", TICKET: "support_ticket", "1000125": "signature", "1000126": "invoice",
    "1000127": "product_usage", "1000128": "survey_answer", "1000129": "parcel",
}  # fmt: skip
APP_EVENT_FAULTS: dict[str, Json] = {  # what replaces fields of a good webinar event
    "a property that its event type does not have": {"properties": {"webinarName": "Launch day", "room": "5"}},
    "no `objectId`, `utk` or `email`": {"objectId": None, "utk": None, "email": None},
}


def fill(r: Random, shape: Any) -> Any:
    """Return a copy of a JSON value in which one value is chosen from each tuple and range."""
    if isinstance(shape, dict):
        return {name: fill(r, inner) for name, inner in shape.items()}
    if isinstance(shape, list):
        return [fill(r, inner) for inner in shape]
    return r.choice(shape) if isinstance(shape, tuple | range) else shape


def record(r: Random, kind: str) -> Json:
    """Return what identifies one of 400 records of a kind; contacts are known in several ways."""
    n = r.randrange(400)
    if kind != "contact":
        return {"objectId": f"9000{n:03}"} | ({"customObjectTypeId": kind} if "-" in kind else {})
    utk = f"{(n + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}"  # spreads n over all bits
    known = {"email": f"sample+{n}@{SITES[n % 3]}", "utk": utk, "objectId": f"5000{n:03}"}
    return {name: known[name] for name in r.choices(IDENTITIES, (60, 15, 15, 5, 5))[0]}


def stamp(r: Random, when: datetime) -> str:
    """Return a moment as RFC 3339 in one of several zones, with or without milliseconds."""
    return when.astimezone(r.choice(ZONES)).isoformat("T", r.choice(("seconds", "milliseconds"))).replace("+00:00", "Z")


def frame(r: Random, n: int) -> Json:
    """Return a timelineIFrame."""
    words = {"linkLabel": r.choice(("Open", "Öffnen", "開く", "فتح")), "headerLabel": f"Sample № {n}"}
    return words | {"url": f"https://example.com/show/{n}?from=timeline", "width": 800, "height": 600}


def event(r: Random, n: int, when: datetime) -> Json:
    """Return one good event; about a quarter have no id."""
    template = r.choices(list(PRODUCTS), SHARES)[0]
    id_form, kind, tokens, extra = PRODUCTS[template]
    made: Json = {"eventTemplateId": template}
    made |= {"id": id_form.format(n=n, h=r.getrandbits(80))} if r.randrange(4) else {}
    made |= record(r, kind) | {"timestamp": stamp(r, when), "tokens": fill(r, tokens)}
    made |= {"extraData": fill(r, extra)} if r.randrange(2) else {}
    made |= {} if r.randrange(8) else {"timelineIFrame": frame(r, n)}
    return made | ({} if r.randrange(6) else {"domain": r.choice(SITES)})


def events(r: Random) -> list[Json]:
    """Return the good events in the order of time and, as empty ones, the blank lines."""
    late = sorted(r.randrange(DAYS * 86_400_000) for _ in range(LINES - BLANKS - TWICE))
    rows = [event(r, n, START + timedelta(milliseconds=after)) for n, after in enumerate(late)]
    for row, odd in zip(r.sample([row for row in rows if "id" in row], len(ODD_IDS)), ODD_IDS, strict=True):
        row["id"] = odd
    for row in r.sample([row for row in rows if "id" not in row], TWICE):  # the same thing happened twice
        rows.insert(rows.index(row) + r.choice((1, 300)), row)
    for at in r.sample(range(len(rows)), BLANKS):
        rows.insert(at, {})
    return rows


def dump(row: Json) -> str:
    """Return the line of an event; one of the products escapes all that is not ASCII."""
    fields = {name: value for name, value in row.items() if value is not None}
    return json.dumps(fields, ensure_ascii=row.get("eventTemplateId") == TICKET) if row else ""


def write_events(r: Random, folder: Path) -> list[str]:
    """Write events.jsonl and return the rows of the list that are about it."""
    rows, said = events(r), list[str]()
    lines = [dump(row) for row in rows]
    for k, (what, fault) in enumerate(FAULTS.items()):
        at = k * LINES // len(FAULTS) + r.randrange(200)
        while rows[at].get("eventTemplateId") != WEBINAR or not {"id", "email"} <= rows[at].keys():
            at += 1
        lines[at] = fault if isinstance(fault, str) else dump(rows[at] | fault)
        said.append(f"| events.jsonl | {at + 1} | {what} |")
    fine = ", ".join(str(n) for n, line in enumerate(lines, 1) if not line or n == CRLF)
    lines[CRLF - 1] += "\r"
    # Half a surrogate pair has no UTF-8; backslashreplace writes it as JSON would escape it.
    (folder / "events.jsonl").write_bytes("\n".join([*lines, ""]).encode(errors="backslashreplace"))
    return [*said, f"| events.jsonl | {fine} | nothing; these are blank or end in CRLF |"]


def company(r: Random, n: int) -> Json:
    """Return the cells of a good record of companies.csv."""
    when = START + timedelta(days=DAYS * n / RECORDS, milliseconds=r.randrange(10**7))
    extra = {"seats": {"by": [{"team": r.choice(NAMES), "used": r.randrange(50)}]}, "note": r.choice(PHRASES)}
    framed = frame(r, n) if n == HALF_FRAME or not r.randrange(10) else dict.fromkeys(frame(r, n), "")
    return {
        "eventTemplateId": r.choice(("1000131", "1000132")),  # of companies, of deals
        "id": f"plan/{n:04}" if r.randrange(4) else "",
        "objectId": f"9000{r.randrange(400):03}",
        "timestamp": stamp(r, when) if r.randrange(2) else int(when.timestamp() * 1000),
        "tokens.plan": r.choice(("Team", "Works, yearly", 'The "big" one', "Größe L")) if n % 60 else "Two\nlines",
        "tokens.seats": r.randrange(1, 200),
        "tokens.renewal": r.choice(DATES),
        "extraData": json.dumps(extra, ensure_ascii=False, indent=None if n % 35 else 1) if r.randrange(2) else "",
        **{f"timelineIFrame.{name}": cell for name, cell in framed.items()},
        "domain": r.choice((*SITES, "")),
    }


def write_companies(r: Random, folder: Path) -> list[str]:
    """Write companies.csv and return the rows of the list that are about it."""
    records, starts, out = [company(r, n) for n in range(1, RECORDS + 1)], list[int](), io.StringIO()
    records[TOO_LONG - 1] |= {"": "seen by ops"}
    records[HALF_FRAME - 1] |= {"timelineIFrame.width": "", "timelineIFrame.height": ""}
    writer = csv.writer(out, lineterminator="\n")
    for cells in (list(records[0]), *(list(cells.values()) for cells in records)):
        starts.append(out.getvalue().count("\n") + 1)
        writer.writerow(cells)
    (folder / "companies.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
    faults = {TOO_LONG: "a cell more than the header has", HALF_FRAME: "an iframe without width and height"}
    return [f"| companies.csv | {starts[n]} (record {n}) | {what} |" for n, what in faults.items()]


def app_event(row: Json) -> Json:
    """Return an event of version 3 as an app event."""
    names = {"eventTemplateId": "eventTypeName", "tokens": "properties"}
    names |= {"customObjectTypeId": "objectTypeFullyQualifiedName"}
    renamed = {names.get(name, name): value for name, value in row.items()}
    return renamed | {"eventTypeName": UIDS[row["eventTemplateId"]]}


def write_app_events(r: Random, folder: Path) -> list[str]:
    """Write app-events.jsonl and return the rows of the list that are about it."""
    start = START + timedelta(days=DAYS)
    rows = [app_event(event(r, LINES + n, start + timedelta(minutes=n))) for n in range(APP_EVENTS)]
    said = list[str]()
    for k, (what, fault) in enumerate(APP_EVENT_FAULTS.items()):
        at = k * APP_EVENTS // len(APP_EVENT_FAULTS) + r.randrange(60)
        while rows[at]["eventTypeName"] != UIDS[WEBINAR]:
            at += 1
        rows[at] |= fault
        said.append(f"| app-events.jsonl | {at + 1} | {what} |")
    text = "\n".join([*map(dump, rows), ""])
    (folder / "app-events.jsonl").write_text(text, encoding="utf-8", newline="")
    return said


def main(folder: Path) -> None:
    """Write all four files."""
    r = Random(1000123)  # noqa: S311 - the same choices each time are what is wanted
    said = [*write_events(r, folder), *write_companies(r, folder), *write_app_events(r, folder)]
    words = (HERE / "README.md").read_text(encoding="utf-8").partition(MARK)[0] + MARK
    table = "\n".join(["| file | line | what is wrong |", "|---|---|---|", *said, ""])
    (folder / "README.md").write_text(words + table, encoding="utf-8", newline="")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else HERE)
