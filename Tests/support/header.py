"""tpc.h, parsed: the tests know the ABI from there and from nowhere else."""

import ctypes
import re
from dataclasses import dataclass, field

from pycparser import c_ast, c_generator, c_parser

from . import paths

# What <stddef.h> and <stdint.h> declare, for a parser that has no preprocessor.
STANDARD_TYPES = {
    "size_t": ctypes.c_size_t,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
}
PLAIN_TYPES = {"int": ctypes.c_int, "double": ctypes.c_double, "char": ctypes.c_char}
BEGIN, END = "/* BEGIN FFI", "/* END FFI */"


@dataclass
class Declarations:
    """What a header declares between its marks. `functions` maps a name to its pycparser declaration."""

    functions: dict = field(default_factory=dict)
    constants: dict = field(default_factory=dict)
    structs: dict = field(default_factory=dict)
    opaque: set = field(default_factory=set)

    def function_type(self, name):
        """The ctypes result and arguments of a function."""
        declaration = self.functions[name].type
        arguments = [self._argument(parameter.type) for parameter in declaration.args.params]
        return self._result(declaration.type), [kind for kind in arguments if kind is not None]

    def _argument(self, node):
        if not isinstance(node, c_ast.PtrDecl):
            name = _plain_name(node)
            return None if name == "void" else self._value(name)
        target = node.type
        if isinstance(target, c_ast.PtrDecl):
            # A table of texts, or the place for a handle.
            return ctypes.POINTER(ctypes.c_char_p if _plain_name(target.type) == "char" else ctypes.c_void_p)
        name = _plain_name(target)
        if name in self.opaque:
            return ctypes.c_void_p
        if name == "char":
            return ctypes.c_char_p if "const" in target.quals else ctypes.POINTER(ctypes.c_char)
        return ctypes.POINTER(self._value(name))

    def _result(self, node):
        if not isinstance(node, c_ast.PtrDecl):
            name = _plain_name(node)
            return None if name == "void" else self._value(name)
        return ctypes.c_char_p if _plain_name(node.type) == "char" else ctypes.c_void_p

    def _value(self, name):
        return STANDARD_TYPES.get(name) or PLAIN_TYPES.get(name) or self.structs[name]

    def stub(self):
        """C text that defines every function with an empty body, for tools that read compiled code."""
        writer = c_generator.CGenerator()
        lines = ['#include "tpc.h"']
        for declaration in self.functions.values():
            result = "" if _plain_name(declaration.type.type) == "void" else "return 0;"
            lines.append(f"{writer.visit(declaration)} {{ {result} }}")
        return "\n".join(lines) + "\n"


def marked(text):
    """The part of a header that foreign function interfaces read."""
    return text[text.index(BEGIN) : text.index(END)]


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)


def macros(text):
    """The names and texts of the macros of a header."""
    return dict(re.findall(r"^#define (\w+) (.+)$", without_comments(text), flags=re.MULTILINE))


def parse(text):
    """Reads a header's marked part. Raises pycparser's ParseError where it is more than plain declarations."""
    types = "\n".join(f"typedef int {name};" for name in STANDARD_TYPES)
    tree = c_parser.CParser().parse(f"{types}\n{without_comments(marked(text))}", "tpc.h")
    found = Declarations()
    for node in tree.ext:
        kind = node.type
        if isinstance(kind, c_ast.FuncDecl):
            found.functions[node.name] = node
        elif isinstance(kind, c_ast.Enum):
            found.constants.update(_values(kind))
        elif isinstance(kind, c_ast.TypeDecl) and isinstance(kind.type, c_ast.Struct):
            if kind.type.decls is None:
                found.opaque.add(node.name)
            else:
                found.structs[node.name] = _structure(node.name, kind.type)
    return found


def _plain_name(node):
    while not isinstance(node, c_ast.IdentifierType):
        node = node.type
    return node.names[0]


def _values(enum):
    for item in enum.values.enumerators:
        value = item.value
        if isinstance(value, c_ast.UnaryOp):
            yield item.name, -int(value.expr.value)
        else:
            yield item.name, int(value.value)


def _structure(name, struct):
    members = []
    for member in struct.decls:
        kind = member.type
        if isinstance(kind, c_ast.ArrayDecl):
            members.append((member.name, ctypes.c_char * int(kind.dim.value)))
        else:
            members.append((member.name, STANDARD_TYPES[_plain_name(kind)]))
    return type(name, (ctypes.Structure,), {"_fields_": members})


TEXT = paths.HEADER.read_text(encoding="utf-8")
DECLARATIONS = parse(TEXT)
MACROS = macros(TEXT)
NTS = ctypes.c_size_t(-1).value
NULL = ctypes.c_size_t(-2).value
# The header's enumerators by their names, such as constants.TPC_FIELD_PAGE_HREF.
constants = type("constants", (), DECLARATIONS.constants)
FIELDS = {name: value for name, value in DECLARATIONS.constants.items() if name.startswith("TPC_FIELD_")}
