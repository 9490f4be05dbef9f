"""What people type who mean harm, or only paste strange things; and what people type in many scripts who mean well."""

from playground import Seen, SeenView, mrkdwn

_BROADCASTS = [
    shape.format(name)
    for name in ("channel", "here", "everyone")
    for shape in ("<!{0}>", "<!{0}|{0}>", "@{0}", "&lt;!{0}&gt;", "*<!{0}>*", "`<!{0}>`", "_~<!{0}>~_", "> <!{0}>")
]
_MENTIONS = [
    "<@U012345>",
    "<@U012345|ada>",
    "<@W012345>",
    "<@B012345>",
    "<#C012345|general>",
    "<#C012345>",
    "<!subteam^S012345|@leads>",
    "<!subteam^S012345>",
    "*<@U012345>*",
    "```<@U012345>```",
    "<<@U012345>>",
    "<@U012345\u200b>",
    "&amp;lt;!channel&amp;gt;",
    "&#60;!channel&#62;",
    "@here @channel @everyone",
    "<!date^1392734382^{date}|now>",
    "<!date^1392734382^{date}^https://evil.example|now>",
    "<!unknown^thing|label>",
]
_LINKS = [
    "<https://evil.example>",
    "<https://evil.example|your bank>",
    "<http://evil.example|https://bank.example>",
    "https://evil.example/login",
    "http://evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "evil.example",
    "www.evil.example",
    "//evil.example",
    "ftp://evil.example",
    "javascript:alert(1)",
    "<javascript:alert(1)|click>",
    "data:text/html,<script>alert(1)</script>",
    "slack://open?team=T1",
    "<slack://user?team=T1&id=U1|Ada>",
    "<mailto:bank@example.org|Bank>",
    "<tel:15550100|call>",
    "[link](https://evil.example)",
    "![image](https://evil.example/x.png)",
    "https://xn--80ak6aa92e.example",
    "https://аpple.example",
    "(https://evil.example)",
    "*https://evil.example*",
    "https://evil.example/?a=1&b=2",
    "<https://evil.example|>",
    "<|https://evil.example>",
]
_MARKUP = [
    "*bold* _italic_ ~gone~ `code`",
    "```block```",
    "*unclosed _and ~more `still",
    "> quoted",
    ">>> all of it",
    "&gt; quoted",
    "• list 1. list",
    "# heading",
    "---",
    "| a | b |",
    ":rotating_light: :heart: :not_an_emoji:",
    ":skin-tone-6:",
    "\\*escaped\\* \\<!channel\\>",
]
# Not what browsers and Slack itself make of a new line.
_CONTROLS = [f"a{chr(code)}b" for code in range(32) if code not in (10, 13)]
_MORE_CONTROLS = [f"a{chr(code)}b" for code in (0x7F, 0x80, 0x85, 0x90, 0x9B, 0x9F)]
_DIRECTIONS = [
    f"a{chr(code)}gnp.exe" for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
]
_HIDDEN = [
    f"a{character}b"
    for character in ("\u00ad", "\u180e", "\u200b", "\u2060", "\ufeff", "\ufff9", "\U000e0041", "\ue000", "\U000f0000")
]
_LINES = ["a\nb", "a\r\nb", "a\rb", "a\u2028b", "a\u2029b", "\n\n\na\n\n\nb\n\n\n", "\t\ta\t\tb", "a\u3000\u2003b"]
_HEAPS = [
    "Z̸̢̛̗͓̙̤̻̪a̷l̶g̵o̴" * 8,
    "\u0301\u0301\u0301 combining",
    "🙂" * 60,
    "👩‍👩‍👧‍👦🏳️‍🌈🧑🏿‍🚀",
    "\U0001f1e6\U0001f1e8",
    "﷽" * 20,
    "x" * 3_000,
    "word " * 600,
    "<" * 500,
    "&" * 500,
    "<@" * 300,
    "&amp;" * 200,
    "\\" * 100,
    '"' * 100,
    "'" * 100,
    "ﬁ ﬀ Ⅷ ½ ²",
    "𝕓𝕠𝕝𝕕 𝓈𝒸𝓇𝒾𝓅𝓉",
    "ｆｕｌｌ ｗｉｄｔｈ",
]
_CODE = [
    "'; DROP TABLE stories; --",
    '" OR 1=1 --',
    "{{7*7}} ${7*7} #{7*7}",
    "%s %n %x %p",
    "{0} {title} {__class__}",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</title><b>bold</b>",
    "../../etc/passwd",
    "C:\\Windows\\System32",
    '{"type": "section"}',
    '{"text": {"type": "mrkdwn", "text": "<!channel>"}}',
    "[null, 1e999]",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1:A9)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example")',
    "null",
    "undefined",
    "NaN",
    "True",
    "-- --help",
    "$(reboot)",
    "`reboot`",
    "| rm -rf /",
    "!!python/object:os.system",
    "&anchor *alias",
    "? complex : key",
    "a: b: c",
    "- item",
    "<?xml version='1.0'?><!DOCTYPE a>",
    "xoxb-1234-5678-abcd",
    "\u0000\u0000\u0000 after nulls",
    "\x1b[31mred\x1b[0m",
]

HOSTILE = [
    *_BROADCASTS, *_MENTIONS, *_LINKS, *_MARKUP, *_CONTROLS, *_MORE_CONTROLS, *_DIRECTIONS, *_HIDDEN, *_LINES, *_HEAPS,
    *_CODE,
]  # fmt: skip

BENIGN = (
    """
The bell that rang twice|Ein Brötchen für später|Le café était offert|El niño y la maleta|Um pão de queijo a mais
Il treno aspettò|Een regenjas te leen|Regnjakken på stolen|Smörgås till alla|Sadetakki lainaksi|Żółta walizka
Příběh o deštníku|Kľúč pod rohožkou|Egy esernyő története|Umbrela uitată|Ümbrikku leiti hiljem|Lietussargs bufetē
Skėtis prie durų|Kišobran na klupi|Dežnik na klopi|Çanta vapurda kaldı|Ə, çətir vağzalda qaldı|Ombrelo sur la benko
Regenscherm achter de bar|Glúpa regnhlífin|An scáth báistí|Yr ymbarél coch|Guarda-chuva vermelho|O paraugas perdido
Aterkia ahaztuta|El paraigua vermell|Mwavuli uliosahauliwa|Isambulela esilibelekile|Agboorun ti a gbagbe
Dallaayad la illoobay|Payung yang tertinggal|Nakalimutang payong|Chiếc ô để quên|Зонт, забытый в трамвае
Парасолька під дощем|Чадърът на перона|Кишобран у чекаоници|Кормилица и зонт|Қолшатыр қалып қойды|Мартын шүхэр
Η ομπρέλα στο τρένο|Ομπρέλα για δύο|Հովանոցը գնացքում|ქოლგა სადგურზე|המטרייה ברכבת|מטרייה לשניים|די שירעם אויף דער באַנק
المظلة في القطار|مظلة لشخصين|چتر در ایستگاه|می‌خواهم کمک کنم|چھتری اسٹیشن پر|چەترەکە لە وێستگە
छाता स्टेशन पर|क्षमा और सहायता
ছাতাটি স্টেশনে|ছাতা দুজনের|ਛਤਰੀ ਸਟੇਸ਼ਨ ਤੇ|છત્રી સ્ટેશન પર|ஸ்டேஷனில் குடை|గొడుగు స్టేషన్‌లో|ಕೊಡೆ ನಿಲ್ದಾಣದಲ್ಲಿ|കുട സ്റ്റേഷനിൽ
කුඩය දුම්රියපොළේ|ร่มที่สถานี|น้ำใจของพนักงาน|ຄັນຮົ່ມຢູ່ສະຖານີ|ဘူတာရုံမှာ ထီး|ឆត្រនៅស្ថានីយ|གདུགས་འཁོར་བབས|駅に忘れた傘
傘をもう一本|おもてなしの心|ありがとうございます|역에 두고 온 우산|우산 하나 더|车站的雨伞|多一把雨伞|車站的雨傘
ጃንጥላ በጣቢያው|ⴰⵎⴰⵣⵉⵖ ⵜⴰⴼⵓⴽⵜ
Room 101 & a key|5 < 7, said the clerk|R&D at Smith & Sons|O’Brien’s “second” cup|50 % off, twice|C++ and C# desk
#1 in the queue|24/7, and on Sundays|Price: 3 × 4 = 12 €|Ça va? Ça ira!|Naïve façade, rôle
Tea for 2 🍵|👍 from Zoë|👩‍🍳 and 🧑‍🚀 at table 3
""".strip()
    .replace("\n", "|")
    .split("|")
)


def packed(strings: list[str], room: int) -> list[str]:
    """As few lines as hold every one of these strings, at most `room` characters each; a longer string is cut."""
    lines = [""]
    for string in strings:
        longer = f"{lines[-1]} {string[:room]}" if lines[-1] else string[:room]
        if len(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(string[:room])
    return lines


def assert_inert(seen: Seen | SeenView, live: frozenset[str] = frozenset()) -> None:
    """Nothing leads anywhere or notifies anybody but the people with the ids in `live`, and nothing hides."""
    found = {str(token.get("id") or token) for token in seen.live}
    if isinstance(seen, Seen):
        found |= {str(token.get("id") or token) for token in mrkdwn.live(mrkdwn.tokens(seen.text, lambda _: None))}
    assert found <= live, found
    for character in seen.drawn:
        assert character in "\n\t\u200c\u200d" or character.isprintable(), hex(ord(character))
