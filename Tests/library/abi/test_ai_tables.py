"""The tables of agents and answers: each row's facts, and that what is written from them is theirs."""

import ctypes
import importlib.util
import sys

import pytest
from support.library import shared
from support.paths import ROOT

SPEC = importlib.util.spec_from_file_location("renew", ROOT / "Sources/AITables/renew.py")
renew = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(renew)
sys.path.insert(0, str(ROOT / "collector"))
from tpc_collector import agents as collector  # noqa: E402

AGENTS, ANSWERS = renew.read("agents"), renew.read("answers")
BROWSERS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 OPR/122.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
    "Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36 [FBAN/EMA;FBLC/en_US]",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; Exabot/3.0; +http://www.exabot.com/go/robot)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "GoogleOther", "Scrapy/2.11 (+https://scrapy.org)", "curl/8.5.0", "Wget/1.21", "okhttp/4.12.0", "Go-http-client/2.0",
]  # fmt: skip


def found(function, *texts):
    results = [ctypes.c_char_p() for _ in range(3)]
    arguments = [argument for text in texts for argument in (text.encode(), len(text.encode()))]
    return [result.value.decode() for result in results] if function(*arguments, *results) else None


def test_what_is_written_from_the_tables_is_up_to_date():
    """Else: python3 Sources/AITables/renew.py"""
    stale = [path for path, contents in renew.files().items() if path.read_text(encoding="utf-8") != contents]
    assert stale == []


def test_every_agent_has_a_name_of_its_own_an_operator_a_purpose_and_a_source():
    assert len({row["name"].lower() for row in AGENTS}) == len(AGENTS) >= 75
    for row in AGENTS:
        required = [name for name in row if name not in ("signatureAgent", "networks")]
        assert required == ["name", "operator", "purpose", "source"] and all(row.values())
        assert row["purpose"] in renew.PURPOSES and row["source"].startswith("https://")


# The others send a browser's user agent, and sign their requests.
@pytest.mark.parametrize("row", [row for row in AGENTS if " " not in row["name"]], ids=lambda row: row["name"])
def test_an_agent_of_the_table_is_named(row):
    user_agent = f"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; {row['name']}/1.0; +{row['source']})"
    assert found(shared().tpc_ai_agent, user_agent) == [row["name"], row["operator"], row["purpose"]]


@pytest.mark.parametrize("user_agent", BROWSERS)
def test_a_browser_or_another_program_is_not_an_agent(user_agent):
    assert found(shared().tpc_ai_agent, user_agent) is None


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row["host"])
def test_an_answer_of_the_table_is_named(row):
    assert list(row) == ["host", "name", "operator", "source"] and row["source"].startswith("https://")
    by_referrer = found(shared().tpc_ai_answer, f"https://{row['host']}/", "")
    assert by_referrer == ([row["name"], row["operator"], "referrer"] if "." in row["host"] else None)
    assert found(shared().tpc_ai_answer, "", f"https://example.com/?utm_source={row['host']}") == [row["name"], row["operator"], "utm"]


@pytest.mark.parametrize("user_agent", [
    "GPTBot", "gptbot/1.2", "(GPTBot)", "a;GPTBot;b", "x, ClaudeBot", "'GPTBot'", '"GPTBot/1"', "[CCBot]", "a\tCCBot", "notGPTBot", "GPTBot-x",
    "éGPTBot", "GPTBoté", "GPTBot:1", "@GPTBot", "x/GPTBot", "GPTBot/", "/GPTBot", "GPTBot.", "+GPTBot", "GPTBot\n", "\nGPTBot", "ſGPTBot",
    "cohere-aı", "claude\u212aode", *BROWSERS,
])  # fmt: skip
def test_the_collector_names_the_agent_that_the_library_names(user_agent):
    ours = collector.ai_agent(user_agent)
    assert (ours and [ours["name"], ours["operator"], ours["purpose"]]) == found(shared().tpc_ai_agent, user_agent)


@pytest.mark.parametrize("address", [
    "https://chatgpt.com/", "HTTPS://A.CHATGPT.COM", "https://chatgpt.com:443/x", "https://chatgpt.com./", "https://me@chatgpt.com/", "https://chatgpt",
    "https://chatgpt.com.example/", "https://www.bing.com/chat?q", "https://www.bing.com/chat/x", "https://bing.com/chatter", "https://x.com/i/grok/1",
    "https://x.com/I/Grok", "https://bing.com:443/chat", "https://x.com/i", "https://kagi.com/assistant#x", "chatgpt.com", "mailto:chatgpt.com", "https://openai/",
    "android-app://com.openai.chatgpt/", "https://./", "https://[::1]/", "https://a.b/?utm_source=openai", "https://a.b/?x&UTM_Source=Chatgpt.com&y",
    "https://a.b/?utm_source", "https://a.b/?utm_source=", "https://a.b/#?utm_source=openai", "https://a.b/?utm_source=x&utm_source=openai",
    "https://a.b/?utm_source=bing.com/chat", "https://a.b/?utm_source=chatgpt.com:443", "https://a.b/?utm_source=www.perplexity.ai", "",
])  # fmt: skip
def test_the_collector_names_the_answer_that_the_library_names(address):
    for referrer, href in ((address, ""), ("", address), (address, address)):
        ours, theirs = collector.ai_answer(referrer, href), found(shared().tpc_ai_answer, referrer, href)
        assert (ours and [ours["name"], ours["operator"]]) == (theirs and theirs[:2])
