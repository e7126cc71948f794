"""The Python side of `scripts/interop`: one release of simplesingletable, told what to do by the Rust side.

It reads one JSON object per line and answers each with one line: `{"ok": ...}`, or `{"error": {"type": ..., "message": ...}}` with what the
library raised; and `"requests"`, the names of the requests that it sent meanwhile. What it reads, it states in plain JSON.

By hand, on a DynamoDB Local that runs (`scripts/dynamodb-local start 8000`), after `scripts/interop` has made the environments once:

    echo '{"do": "make_table"}' | target/interop/22.0.0/bin/python tests/interop/worker.py http://127.0.0.1:8000 some-table
"""

import importlib.metadata
import io
import json
import logging
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Optional

import boto3
from boto3.dynamodb.conditions import Key
from pydantic import BaseModel, create_model
from simplesingletable import DynamoDbMemory, DynamoDbResource, DynamoDbVersionedResource
from simplesingletable.extras.singleton import SingletonResource, SingletonVersionedResource
from simplesingletable.extras.versioned_repository import VersionedResourceRepository
from simplesingletable.models import ResourceConfig
from simplesingletable.utils import create_standard_dynamodb_table

IS_OLD = importlib.metadata.version("simplesingletable") == "10.0.0"

CONNECTION = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}


# The resources: as `kinds.rs` declares them.


class Address(BaseModel):
    street: str
    number: Optional[int] = None
    since: Optional[datetime] = None


class Values(BaseModel):
    """A field for each kind of value. The classes below store them in each way."""

    text: Optional[str] = None
    flag: Optional[bool] = None
    whole: Optional[int] = None
    wide: Optional[int] = None
    ratio: Optional[float] = None
    price: Optional[Decimal] = None
    day: Optional[date] = None
    moment: Optional[datetime] = None
    stamp: Optional[datetime] = None
    raw: Optional[bytes] = None
    names: set[str] = set()
    numbers: set[int] = set()
    scores: Optional[list[int]] = None
    ratios: Optional[list[float]] = None
    counts: Optional[dict[str, int]] = None
    address: Optional[Address] = None
    addresses: Optional[list[Address]] = None
    anything: Optional[dict[str, Any]] = None


class Plain(Values, DynamoDbResource):
    pass


class Packed(Values, DynamoDbResource):
    resource_config: ClassVar[ResourceConfig] = ResourceConfig(compress_data=True)


class Kept(Values, DynamoDbVersionedResource):
    pass


class Open(Values, DynamoDbVersionedResource):
    resource_config: ClassVar[ResourceConfig] = ResourceConfig(compress_data=False)


class Task(DynamoDbResource):
    owner: str
    priority: int
    project: Optional[str] = None
    tags: set[str] = set()
    hits: int = 0
    hits_by_day: dict[str, int] = {}

    def db_get_gsi1pk(self):
        return f"project#{self.project}" if self.project else None

    def db_get_gsi2pk(self):
        return f"priority#{self.priority:03}"

    def db_get_gsi3pk_and_sk(self):
        return f"owner#{self.owner}", f"{self.priority:03}"


class Ticket(DynamoDbResource):
    """An index that the class names itself. Releases differ in how."""

    desk: Optional[str] = None
    rank: int

    gsi_config: ClassVar[dict] = (
        {
            "desk": {
                "pk": lambda self: f"desk#{self.desk}" if self.desk else None,
                "sk": lambda self: f"{self.rank:03}" if self.desk else None,
            }
        }
        if IS_OLD
        else {
            "desk": {
                "deskpk": lambda self: f"desk#{self.desk}" if self.desk else None,
                "desksk": lambda self: f"{self.rank:03}" if self.desk else None,
            }
        }
    )


class Document(DynamoDbVersionedResource):
    title: str
    status: Optional[str] = None
    resource_config: ClassVar[ResourceConfig] = ResourceConfig(compress_data=True, max_versions=3)

    def db_get_gsi1pk(self):
        return f"status#{self.status}" if self.status else None

    def db_get_filter_metadata(self):
        return {"title": self.title, "words": len(self.title.split())}


class Sheet(DynamoDbVersionedResource):
    title: str
    status: Optional[str] = None
    resource_config: ClassVar[ResourceConfig] = ResourceConfig(compress_data=False, max_versions=3)

    def db_get_gsi1pk(self):
        return f"sheet#{self.status}" if self.status else None


class Event(DynamoDbResource):
    """Listed by type."""

    name: str


class Notice(DynamoDbVersionedResource):
    """Listed by type."""

    name: str


class Ballot(DynamoDbResource):
    """Counted on both sides."""

    name: str


class Bill(DynamoDbVersionedResource):
    """Counted on both sides."""

    name: str


class Session(DynamoDbResource):
    expires: Optional[datetime] = None
    resource_config: ClassVar[ResourceConfig] = ResourceConfig(ttl_field="expires", ttl_attribute_name="ttl")


class Lease(DynamoDbVersionedResource):
    seconds: Optional[int] = None
    resource_config: ClassVar[ResourceConfig] = ResourceConfig(ttl_field="seconds", ttl_attribute_name="ttl")


class Note(DynamoDbResource):
    title: str
    body: Optional[str] = None
    resource_config: ClassVar[ResourceConfig] = ResourceConfig(blob_fields={"body": {}})


class Report(DynamoDbVersionedResource):
    title: str
    body: Optional[str] = None
    resource_config: ClassVar[ResourceConfig] = ResourceConfig(blob_fields={"body": {}})


class Paper(DynamoDbVersionedResource):
    title: str
    body: Optional[str] = None
    resource_config: ClassVar[ResourceConfig] = ResourceConfig(compress_data=False, blob_fields={"body": {}})


class Settings(SingletonResource):
    greeting: str = ""


class Rules(SingletonVersionedResource):
    greeting: str = ""


# What was read, in plain JSON.


OWN = {"resource_id", "created_at", "updated_at", "version"}


def state(resource):
    if resource is None:
        return None
    return {
        "id": resource.resource_id,
        "version": getattr(resource, "version", None),
        "created_at": plain(resource.created_at),
        "updated_at": plain(resource.updated_at),
        "value": {name: field(info, getattr(resource, name)) for name, info in type(resource).model_fields.items() if name not in OWN},
    }


def field(info, value):
    """A decimal stays its digits where the class says that it is one."""
    if isinstance(value, Decimal) and info.annotation == Optional[Decimal]:
        return format(value, "f")
    return plain(value)


def plain(value):
    if value is None or isinstance(value, (bool, str, float)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else str(value)
    if isinstance(value, Decimal):  # a number of DynamoDB's in a field that does not say which type it has
        return int(value) if value == int(value) else float(value)
    if isinstance(value, datetime):
        assert value.utcoffset().total_seconds() == 0, "a time that is not in UTC"
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (set, frozenset)):
        return sorted(plain(member) for member in value)
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    raise TypeError(f"no plain form of {type(value).__name__}")


# The connections.


class Blobs:
    """As much of S3 as the library uses to keep and load fields."""

    def __init__(self):
        self.objects = {}

    def put_object(self, Key, Body, Metadata, **_):
        self.objects[Key] = (bytes(Body), Metadata)
        return {"ETag": '"etag"'}

    def get_object(self, Key, **_):
        body, metadata = self.objects[Key]
        return {"Body": io.BytesIO(body), "ContentLength": len(body), "Metadata": metadata, "ETag": '"etag"'}


REQUESTS = []


def count(client):
    client.meta.events.register("before-send.dynamodb", lambda event_name, **_: REQUESTS.append(event_name.rsplit(".", 1)[-1]))


def connect(endpoint, table):
    memory = DynamoDbMemory(logger=logging.getLogger("interop"), table_name=table, endpoint_url=endpoint, connection_params=CONNECTION)
    count(memory.dynamodb_client)
    count(memory.dynamodb_table.meta.client)
    if not IS_OLD:
        from simplesingletable.blob_storage import S3BlobStorage

        memory.s3_bucket = "blobs"
        memory._s3_blob_storage = S3BlobStorage(bucket_name="blobs", s3_client=Blobs(), cache_enabled=False)
    return memory


def repository(memory, type):
    """What knows of versions in 10.0.0."""
    fields = {name: (info.annotation, None) for name, info in type.model_fields.items() if name not in OWN}
    schema = create_model("Schema", **fields)
    return VersionedResourceRepository(ddb=memory, model_class=type, create_schema_class=schema, update_schema_class=schema)


class Worker:
    """One method for each thing that can be asked. `kept` are copies that were read, by the name they were kept as."""

    def __init__(self, endpoint, table):
        self.endpoint = endpoint
        self.memory = connect(endpoint, table)
        self.kept = {}

    def keep(self, name, resource):
        if name is not None:
            self.kept[name] = resource
        return state(resource)

    def make_table(self):
        create_standard_dynamodb_table(self.memory.table_name, boto3.resource("dynamodb", endpoint_url=self.endpoint, **CONNECTION))

    def knows(self, setting):
        return setting in ResourceConfig.__annotations__

    def create(self, type, value, id=None, keep=None):
        return self.keep(keep, self.memory.create_new(type, value, override_id=id))

    def read(self, type, id, version=0, keep=None, blobs=False):
        options = {"load_blobs": True} if blobs else {}
        return self.keep(keep, self.memory.get_existing(id, type, version=version, consistent_read=True, **options))

    def update(self, kept, value, clear=()):
        return self.keep(kept, self.memory.update_existing(self.kept[kept], value, clear_fields=set(clear)))

    def delete(self, kept):
        self.memory.delete_existing(self.kept[kept])

    def delete_all_versions(self, type, id):
        self.memory.delete_all_versions(id, type)

    def versions(self, type, id):
        """All that there are, newest first."""
        if IS_OLD:
            numbers = [info.version_number for info in repository(self.memory, type).list_versions(id)]
            return [state(self.memory.get_existing(id, type, version=number, consistent_read=True)) for number in numbers]
        return [state(version) for version in self.memory.get_all_versions(id, type)]

    def restore(self, type, id, version):
        if IS_OLD:
            return state(repository(self.memory, type).restore_version(id, version))
        return state(self.memory.restore_version(id, type, version))

    def singleton(self, type, keep):
        return self.keep(keep, type.ensure_exists(self.memory))

    def save_singleton(self, kept, value):
        changed = self.kept[kept].model_copy(update=value)
        return self.keep(kept, changed.saved_updated_singleton(self.memory))

    def stats(self):
        return plain(self.memory.get_stats().counts_by_type)

    def uncounted(self, type, value):
        """As where the program stops between the resource and its count."""
        self.memory.track_stats = False
        try:
            return state(self.memory.create_new(type, value))
        finally:
            self.memory.track_stats = True

    def add_to_set(self, kept, field, value):
        self.memory.add_to_set(self.kept[kept], field, value)

    def remove_from_set(self, kept, field, value):
        self.memory.remove_from_set(self.kept[kept], field, value)

    def increment(self, kept, field, by=1):
        return self.memory.increment_counter(self.kept[kept], field, by)

    def query(self, type, index, attribute, value, ascending=True, limit=None):
        """The ids, page after page."""
        condition = Key(attribute).eq(value)
        return self.pages(
            lambda after: self.memory.paginated_dynamodb_query(
                key_condition=condition, index_name=index, resource_class=type, results_limit=limit, pagination_key=after, ascending=ascending
            )
        )

    def list(self, type, limit=None):
        """The ids, page after page."""
        return self.pages(lambda after: self.memory.list_type_by_updated_at(type, results_limit=limit, pagination_key=after))

    def pages(self, page):
        ids = []
        after = None
        while True:
            found = page(after)
            ids += [resource.resource_id for resource in found]
            after = found.next_pagination_key
            if not after:
                return ids

    def answer(self, request):
        if "type" in request:
            request["type"] = globals()[request["type"]]
        return getattr(self, request.pop("do"))(**request)


def main():
    worker = Worker(*sys.argv[1:])
    for line in sys.stdin:
        REQUESTS.clear()
        try:
            answer = {"ok": worker.answer(json.loads(line))}
        except Exception as error:
            answer = {"error": {"type": type(error).__name__, "message": str(error)}}
        print(json.dumps({**answer, "requests": REQUESTS}), flush=True)


if __name__ == "__main__":
    main()
