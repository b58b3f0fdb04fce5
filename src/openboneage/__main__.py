"""`python -m openboneage` is the command `boneage`."""

from openboneage.cli import main

if __name__ == "__main__":
    main()
