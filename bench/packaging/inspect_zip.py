"""What is in an artifact, as one line of JSON on standard output.

    inspect_zip.py ZIP GLIBC MACHINE [FOLDER]

Unpacks it into FOLDER too, each file with the date that the zip gives it: bytecode that is checked by its source's date
is valid or stale there as it would be on Lambda. GLIBC is the runtime's, MACHINE the number of its processor (ELF, e_machine).
"""

import calendar
import hashlib
import importlib.util
import json
import os
import struct
import sys
import zipfile
import zlib

FLAGS = {0: "timestamp", 1: "unchecked", 3: "checked"}
VERNEED = 0x6FFFFFFE  # SHT_GNU_verneed, LSB core specification, "Symbol Versioning"


def main() -> None:
    path, glibc, machine, *folder = sys.argv[1:]
    bytecode = {"timestamp": 0, "unchecked": 0, "checked": 0, "valid": 0}
    wrong: list[str] = []
    shared_objects = 0
    unzipped = level6 = 0
    with zipfile.ZipFile(path) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        by_name = {info.filename: info for info in infos}
        for info in infos:
            content = archive.read(info)
            unzipped += len(content)
            level6 += deflated_size(content)
            if info.filename.endswith(".pyc"):
                count_bytecode(info.filename, content, by_name, archive, bytecode)
            if content[:4] == b"\x7fELF":
                shared_objects += 1
                problem = elf_problem(content, version(glibc), int(machine))
                if problem:
                    wrong.append(f"{info.filename}: {problem}")
            if folder:
                unpack(info, content, folder[0])
    with open(path, "rb") as file:
        sha256 = hashlib.sha256(file.read()).hexdigest()
    packed = sum(info.compress_size for info in infos)
    zip_bytes = os.path.getsize(path)
    print(
        json.dumps(
            {
                "sha256": sha256,
                "zipBytes": zip_bytes,
                "level6Bytes": zip_bytes - packed + level6,
                "unzippedBytes": unzipped,
                "entries": len(infos),
                "bytecode": bytecode,
                "sharedObjects": shared_objects,
                "wrongBinaries": sorted(wrong),
            }
        )
    )


def deflated_size(content: bytes) -> int:
    compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
    return min(len(content), len(compressor.compress(content)) + len(compressor.flush()))


def count_bytecode(
    name: str,
    content: bytes,
    by_name: dict[str, zipfile.ZipInfo],
    archive: zipfile.ZipFile,
    bytecode: dict[str, int],
) -> None:
    """PEP 552: the magic number, a word of flags, then the source's date and size, or its hash."""
    (flags,) = struct.unpack_from("<I", content, 4)
    kind = FLAGS.get(flags)
    if kind is None:
        return
    bytecode[kind] += 1
    bytecode["valid"] += is_valid(name, kind, content, by_name, archive)


def is_valid(
    name: str, kind: str, content: bytes, by_name: dict[str, zipfile.ZipInfo], archive: zipfile.ZipFile
) -> bool:
    if content[:4] != importlib.util.MAGIC_NUMBER:
        return False
    if "__pycache__/" not in name:
        return name[:-1] not in by_name  # without a source, bytecode in the source's own place is imported as it is
    source = by_name.get(importlib.util.source_from_cache(name))
    if source is None:
        return False
    if kind == "timestamp":
        return struct.unpack_from("<II", content, 8) == (date_of(source), source.file_size & 0xFFFFFFFF)
    if kind == "checked":
        return content[8:16] == importlib.util.source_hash(archive.read(source))
    return True


def date_of(info: zipfile.ZipInfo) -> int:
    return calendar.timegm((*info.date_time, 0, 0, 0))


def unpack(info: zipfile.ZipInfo, content: bytes, folder: str) -> None:
    path = os.path.join(folder, info.filename)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    os.utime(path, (date_of(info), date_of(info)))


def elf_problem(content: bytes, glibc: tuple[int, ...], machine: int) -> str | None:
    if content[4] != 2:
        return "is not for 64 bits"
    (its_machine,) = struct.unpack_from("<H", content, 18)
    if its_machine != machine:
        return f"is for another processor ({its_machine})"
    needed = max((version(name) for name in needs(content) if name.startswith("GLIBC_")), default=(0,))
    return f"needs GLIBC_{'.'.join(map(str, needed))}" if needed > glibc else None


def needs(content: bytes) -> list[str]:
    """The versions that a shared object asks of others, as in GLIBC_2.28."""
    (offset,) = struct.unpack_from("<Q", content, 40)
    size, count = struct.unpack_from("<HH", content, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", content, offset + index * size) for index in range(count)]
    names: list[str] = []
    for _, kind, _, _, start, _, link, entries, _, _ in sections:
        if kind == VERNEED:
            strings = sections[link][4]
            names += versions(content, start, entries, strings)
    return names


def versions(content: bytes, start: int, entries: int, strings: int) -> list[str]:
    names = []
    for _ in range(entries):
        _, count, _, first, following = struct.unpack_from("<HHIII", content, start)
        place = start + first
        for _ in range(count):
            _, _, _, name, after = struct.unpack_from("<IHHII", content, place)
            end = content.index(b"\0", strings + name)
            names.append(content[strings + name : end].decode())
            place += after
        start += following
    return names


def version(text: str) -> tuple[int, ...]:
    numbers = text.removeprefix("GLIBC_").split(".")
    return tuple(int(number) for number in numbers) if all(number.isdigit() for number in numbers) else (0,)


if __name__ == "__main__":
    main()
