"""The shipped library, from outside: its binary interface (abi) and how it delivers (delivery)."""
