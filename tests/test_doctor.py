"""`bplab doctor` finds each thing that can be wrong, and says what to do."""

import json
import sys

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from bplab import doctor, workspace


def test_this_installation_is_well(tmp_path):
    findings = doctor.examine(tmp_path)
    assert [finding for finding in findings if not finding.ok] == []
    subjects = {finding.subject for finding in findings}
    assert subjects >= {"Python", "numpy", "jupyterlab", "kernel", "lessons", "workspace", "port"}
    assert "pytest" not in subjects  # an extra is no need


def test_an_old_python_is_told():
    assert doctor.python(SpecifierSet(">=99")).remedy == "use Python >=99"


def test_an_old_dependency_is_told():
    finding = doctor.dependency(Requirement("numpy>=99"))
    assert finding.detail.endswith(", but >=99 is needed")
    assert finding.remedy == 'pip install "numpy>=99"'


def test_a_missing_dependency_is_told():
    finding = doctor.dependency(Requirement("no-such-package>=1"))
    assert finding == ("no-such-package", "missing", 'pip install "no-such-package>=1"')


def test_an_uninstalled_package_is_told(monkeypatch):
    def missing(name):
        raise doctor.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "metadata", missing)
    (finding,) = doctor.versions()
    assert finding.detail == "not installed in this Python"


def kernel_spec(folder, program: str) -> None:
    spec = folder / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [program, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "x", "language": "python"}))


@pytest.mark.parametrize("program", ["python", sys.executable])
def test_a_kernel_of_this_python_is_well(tmp_path, monkeypatch, program):
    kernel_spec(tmp_path, program)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    finding = doctor.kernel()
    assert finding.ok
    assert str(tmp_path) in finding.detail


def test_a_kernel_of_another_python_is_told(tmp_path, monkeypatch):
    other = str(tmp_path / "other" / "python3")
    kernel_spec(tmp_path, other)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    finding = doctor.kernel()
    assert finding.detail == f"python3 starts another Python: {other}"
    assert "-m ipykernel install" in finding.remedy


def test_a_missing_kernel_is_told(monkeypatch):
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    def missing(self, name):
        raise NoSuchKernel(name)

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", missing)
    assert doctor.kernel().detail == "no kernel named python3"


def test_missing_lessons_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(workspace, "__file__", str(tmp_path / "bplab" / "workspace.py"))
    assert doctor.lessons().remedy == "install bplab again"


def test_no_notebook_among_the_lessons_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "lessons_source", lambda: tmp_path)
    assert not doctor.lessons().ok


def test_an_unwritable_workspace_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    finding = doctor.writable(tmp_path / "file" / "below")
    assert finding.detail.startswith(f"cannot write {tmp_path / 'file'}: ")
    assert finding.remedy == "give another DIR"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]  # it only looked


def test_no_free_port_is_told(monkeypatch):
    monkeypatch.setattr(doctor, "port_problem", lambda number: f"port {number} is in use")
    assert doctor.port().detail == "none from 8888 to 8937 is free"


def test_the_next_port_will_do(monkeypatch):
    monkeypatch.setattr(doctor, "port_problem", lambda n: "in use" if n == 8888 else None)
    assert doctor.port() == ("port", "8889 is free", "")
