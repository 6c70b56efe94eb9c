"""{{ cookiecutter.package }}: the project made from notebook/{{ cookiecutter._project.notebook }}."""
