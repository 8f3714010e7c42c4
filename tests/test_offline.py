"""Pages that ask for nothing: the policy names the one script and the one style."""

import base64
import hashlib
import re

from segkit.offline import offline_page, shown_text


def named(text):
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def test_the_policy_names_what_stands_in_the_page():
    page = offline_page("A <b> title", "<p>x</p>", script="let x = 1;", style="p { margin: 0; }")
    script = re.search(r"<script>(.*)</script>", page, re.DOTALL)[1]
    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)[1]
    assert f"script-src '{named(script)}'" in page
    assert f"style-src '{named(style)}'" in page
    assert page.count("<script") == page.count("<style") == 1
    assert '<h1 dir="auto">A &lt;b&gt; title</h1>' in page


def test_text_is_escaped_and_control_characters_are_spaces():
    assert shown_text('a\x00b\u202e"<&') == "a b\u202e&quot;&lt;&amp;"
    assert shown_text(4.5) == "4.5"
