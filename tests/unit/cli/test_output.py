"""Files are written wholly or not at all."""

import os
import stat
import threading
from pathlib import Path

import pytest

from convcost.cli.output import emit, write_whole
from convcost.errors import UsageError


def test_a_new_file(tmp_path):
    emit("α\n", str(tmp_path / "out.txt"))
    assert (tmp_path / "out.txt").read_bytes() == "α\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]


def test_an_old_file_is_replaced_and_keeps_its_mode(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("old")
    path.chmod(0o640)
    emit("new\n", str(path))
    assert path.read_text() == "new\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "\ud800")
    assert path.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "target.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("target.txt")
    emit("new\n", str(tmp_path / "link.txt"))
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "target.txt").read_text() == "new\n"


def test_a_directory_that_does_not_exist(tmp_path):
    with pytest.raises(UsageError) as caught:
        emit("x", str(tmp_path / "no" / "out.txt"))
    assert str(caught.value) == f"E027 there is no directory {str(tmp_path / 'no')!r} to write 'out.txt' in"


def test_a_file_that_cannot_be_written(tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(UsageError) as caught:
        emit("x", str(tmp_path / "out"))
    assert str(caught.value) == f"E021 cannot write {str(tmp_path / 'out')!r}: Is a directory"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_device_is_written_to_and_not_replaced():
    emit("x", os.devnull)
    assert not Path(os.devnull).is_file()


def test_a_named_pipe_is_written_to(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = threading.Thread(target=lambda: read.append(path.read_text()))
    read = []
    reader.start()
    emit("through\n", str(path))
    reader.join(timeout=10)
    assert read == ["through\n"]


def test_standard_output(capsys):
    emit("text\n")
    assert capsys.readouterr().out == "text\n"
