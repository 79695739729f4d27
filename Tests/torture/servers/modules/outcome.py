"""What a row found."""

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """`figures` are for the table; every complaint is a fault."""

    figures: str
    complaints: list = field(default_factory=list)

    def and_of(self, times, what):
        """Adds how often something was done."""
        self.figures = f"{times} {what}: {self.figures}"
        return self
