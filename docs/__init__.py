"""The scripts that write what can be written of docs/ from the program itself: `make docs`."""
