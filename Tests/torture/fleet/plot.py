"""Draws the fleet's load curves as SVG, one panel for each way in which the server refused."""

WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 760, 170, 64, 16, 46, 44
FIRST, LAST = -20, 300
COLORS = {True: "#1f6feb", False: "#d1242f"}
STYLE = "font-family:sans-serif;font-size:12px;fill:#57606a"


def draw(curves):
    """`curves`: by refusal and jitter, rows with `second` (0: the server is back), `arrived` and `capacity`."""
    refusals = list(dict.fromkeys(refusal for refusal, _ in curves))
    height = TOP + len(refusals) * (PANEL + GAP) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="Requests a second that reach a server after its outage, with and without jitter">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        legend(),
    ]
    for index, refusal in enumerate(refusals):
        parts += panel(refusal, curves, TOP + index * (PANEL + GAP))
    parts += [text(LEFT + (WIDTH - LEFT - RIGHT) / 2, height - 6, "seconds since the server is back", "middle"), "</svg>"]
    return "\n".join(parts) + "\n"


def legend():
    entries = [(COLORS[True], "with jitter"), (COLORS[False], "without jitter"), ("#8c959f", "capacity")]
    parts = []
    for index, (color, words) in enumerate(entries):
        x = LEFT + index * 130
        parts.append(f'<line x1="{x}" y1="14" x2="{x + 22}" y2="14" stroke="{color}" stroke-width="2"/>')
        parts.append(text(x + 28, 18, words))
    return "\n".join(parts)


def panel(refusal, curves, top):
    """Requests arriving each second, from the last seconds of the outage on."""
    rows = curves[refusal, True]
    capacity = int(rows[0]["capacity"])
    most = 4 * capacity

    def x(second):
        return LEFT + (second - FIRST) / (LAST - FIRST) * (WIDTH - LEFT - RIGHT)

    def y(requests):
        return top + PANEL - min(requests, most) / most * PANEL

    parts = [text(LEFT, top - 8, f"outage of 10 minutes, answered with {refusal}")]
    for step in range(0, 5):
        level = step * capacity
        color = "#8c959f" if step == 1 else "#eaeef2"
        parts.append(line(LEFT, y(level), WIDTH - RIGHT, y(level), color, 2 if step == 1 else 1))
        parts.append(text(LEFT - 6, y(level) + 4, f"{level:,}/s", "end"))
    for second in range(0, LAST + 1, 60):
        parts.append(line(x(second), top, x(second), top + PANEL, "#eaeef2", 1))
        parts.append(text(x(second), top + PANEL + 15, str(second), "middle"))
    for has_jitter in [False, True]:
        points = " ".join(
            f"{x(int(row['second'])):.1f},{y(int(row['arrived'])):.1f}"
            for row in curves[refusal, has_jitter]
            if FIRST <= int(row["second"]) <= LAST
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLORS[has_jitter]}" stroke-width="1.5"/>')
    return parts


def line(x1, y1, x2, y2, color, width):
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" stroke-width="{width}"/>'
    )


def text(x, y, words, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="{STYLE}">{words}</text>'
