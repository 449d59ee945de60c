# ruff: noqa: A005 - a package of tests shadows nobody
