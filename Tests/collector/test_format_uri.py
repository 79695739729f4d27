"""uri is RFC 3986's, with a scheme."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tpc_collector.formats import is_uri

GOOD = """
ftp://ftp.is.co.za/rfc/rfc1808.txt
http://www.ietf.org/rfc/rfc2396.txt
ldap://[2001:db8::7]/c=GB?objectClass?one
mailto:John.Doe@example.com
news:comp.infosystems.www.servers.unix
tel:+1-816-555-1212
telnet://192.0.2.16:80/
urn:oasis:names:specification:docbook:dtd:xml:4.1.2
foo://example.com:8042/over/there?name=ferret#nose
urn:example:animal:ferret:nose
a: a:/ a:// a:/// a:? a:# a:?# a:b a:/b a://b a:////b A+-.9:x
http:// http://? http://# http://: http://@ http://:@: http://@:80 http://a: http://a:65536 http://a:999999999999
http://user:pass:word@host:1/ http://u%40v@h/ http://!$&'()*+,;=@-._~!$&'()*+,;=/
http://[::] http://[::1]:80/ http://[1:2:3:4:5:6:7:8] http://[1:2:3:4:5:6:7::] http://[::2:3:4:5:6:7:8]
http://[::ffff:192.0.2.1] http://[1:2:3:4:5:6:1.2.3.4] http://[1::8] http://[ABCD:ef01::]
http://[v1.x] http://[V1F.a:b!$&'()*+,;=~] http://u@[::1]:/
http://256.256.256.256/ http://1.2.3/ http://%C3%A9.example/ http://a..b/ http://_/
http://a/%00%ff%2F http://a/:@!$&'()*+,;=-._~ http://a//b//c http://a/? http://a/?a=/?:@ http://a/#/?:@!
""".split()

BAD = [
    "", "a", "/", "//a", "/a/b", "?a", "#a", ":", ":a", "1:a", "+a:b", "-a:b", ".a:b", "a_b:c", "a%41:b", "é:b", "example.com",
    "example.com/a:b", "../a", "http", "a b:c", " a:b", "a:b ", "a:b\n", "a:\t", "a:\x00", "a:\x7f", "http://a b/", "http://a/b c",
    'a:"', "a:<", "a:>", "a:\\", "a:^", "a:`", "a:{", "a:|", "a:}", "http://a\\b/", "http://a/é", "http://é/", "a:\u200b",
    "a:%", "a:%4", "a:%4g", "a:%g4", "a:%%41", "http://a/%u0041", "http://%/", "http://a%zz@b/", "a:?%", "a:#%1", "a:#b#c",
    "a:[", "a:]", "http://a/[b]", "http://a/?b[]=c", "http://a/#[", "http://[", "http://[]", "http://]", "http://[::1", "http://::1]/",
    "http://[::1]a/", "http://a[::1]/", "http://[::1]:a", "http://[1.2.3.4]", "http://[:1]", "http://[1:]", "http://[1:2:3:4:5:6:7]",
    "http://[1:2:3:4:5:6:7:8:9]", "http://[1::2::3]", "http://[::1:2:3:4:5:6:7:8]", "http://[1:2:3:4:5:6:7:8::]", "http://[:::]",
    "http://[12345::]", "http://[g::]", "http://[::1.2.3]", "http://[::1.2.3.256]", "http://[::01.2.3.4]", "http://[::1.2.3.4:5]",
    "http://[fe80::1%25en0]", "http://[fe80::1%en0]", "http://[v.x]", "http://[v1.]", "http://[v1x]", "http://[vg.x]", "http://[v1.%41]",
    "http://[v1.a@b]", "http://a:8a/", "http://a:-1/", "http://a:80:80/", "http://a@b@c/", "http://a:b:c/", "http://٣/", "http://a:٣/",
]  # fmt: skip

UNRESERVED = "ABCXYZabcxyz0189-._~"
SUB_DELIMS = "!$&'()*+,;="
ESCAPES = st.builds("%{:02x}".format, st.integers(0, 255)) | st.builds("%{:02X}".format, st.integers(0, 255))


def text_of(characters, smallest=0):
    return st.lists(st.sampled_from(characters) | ESCAPES, min_size=smallest, max_size=8).map("".join)


SEGMENT = text_of(UNRESERVED + SUB_DELIMS + ":@")
SEGMENTS = st.lists(SEGMENT.map("/{}".format), max_size=4).map("".join)
ROOTLESS = st.tuples(text_of(UNRESERVED + SUB_DELIMS + ":@", 1), SEGMENTS).map("".join)
HOST = (
    text_of(UNRESERVED + SUB_DELIMS)
    | st.ip_addresses(v=4).map(str)
    | st.ip_addresses(v=6).map("[{}]".format)
    | st.just("[v7.a:b]")
)
AUTHORITY = st.tuples(
    st.just("") | text_of(UNRESERVED + SUB_DELIMS + ":").map("{}@".format),
    HOST,
    st.just("") | st.text("0123456789", max_size=7).map(":{}".format),
).map("".join)
HIERARCHY = (
    st.tuples(st.just("//"), AUTHORITY, SEGMENTS).map("".join)
    | st.just("/")
    | ROOTLESS.map("/{}".format)
    | ROOTLESS
    | st.just("")
)
QUERY = text_of(UNRESERVED + SUB_DELIMS + ":@/?")
URIS = st.tuples(
    st.from_regex(r"\A[A-Za-z][A-Za-z0-9+.\-]{0,8}\Z").map("{}:".format),
    HIERARCHY,
    st.just("") | QUERY.map("?{}".format),
    st.just("") | QUERY.map("#{}".format),
).map("".join)


@pytest.mark.parametrize("text", GOOD)
def test_a_uri_is_accepted(text):
    assert is_uri(text)


@pytest.mark.parametrize("text", BAD)
def test_text_that_is_not_a_uri_is_refused(text):
    assert not is_uri(text)


@given(URIS)
def test_everything_the_grammar_makes_is_accepted(text):
    assert is_uri(text)


@given(URIS, st.integers(0, 99), st.characters(exclude_characters=UNRESERVED + SUB_DELIMS + ":/?#[]@%0123456789"
       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))  # fmt: skip
def test_a_character_that_no_uri_has_is_refused_wherever_it_is(text, position, character):
    assert not is_uri(text[:position] + character + text[position:])


@pytest.mark.parametrize("after", range(9))
@pytest.mark.parametrize("before", range(9))
def test_an_ipv6_address_leaves_out_at_least_one_group(before, after):
    def groups(count):
        return ":".join(["a"] * count)

    assert is_uri(f"http://[{groups(before)}::{groups(after)}]") == (before + after <= 7)
    # The dotted part counts as two groups.
    assert is_uri(f"http://[{groups(before)}::{groups(after)}:1.2.3.4]") == (after > 0 and before + after <= 5)


@given(st.text("0123abCF:.", max_size=24) | st.ip_addresses(v=6).map(str))
def test_an_ipv6_host_is_accepted_exactly_when_it_is_an_address(text):
    try:
        ipaddress.IPv6Address(text)
        address = True
    except ValueError:
        address = False
    assert is_uri(f"http://[{text}]/") == address


@given(st.text())
def test_any_text_has_a_verdict_and_the_accepted_is_ascii_with_a_scheme(text):
    if is_uri(text):
        assert text.isascii() and text.partition(":")[0][:1].isalpha()


def test_long_texts_take_no_time_to_refuse():
    for start in ("http://", "http://a/", "a:", "http://[", "http://a@"):
        assert not is_uri(start + "a" * 200_000 + " ")
        assert not is_uri(start + "a:" * 100_000 + "\n")
