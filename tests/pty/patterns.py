"""Text that acts on terminals, on Textual or on the eye: one of every kind we know of.

Written for these tests, from the manuals of the terminals. Each would do something if it
reached a terminal, or a widget, as it is.
"""

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"
CSI8, OSC8, DCS8, APC8, PM8, SOS8, ST8 = "\x9b", "\x9d", "\x90", "\x9f", "\x9e", "\x98", "\x9c"
TMUX = f"{ESC}Ptmux;{ESC}{ESC}]52;c;b3duZWQ={BEL}{ST}"
IN_TAGS = "".join(chr(0xE0000 + ord(char)) for char in "send me the key")
IN_SELECTORS = "".join(chr(0xE0100 + ord(char) - 16) for char in "send me the key")

CURSOR = {
    "colour": f"{ESC}[31;7;5m",
    "concealed": f"{ESC}[8mhidden",
    "cursor home": f"{ESC}[H",
    "cursor up": f"{ESC}[9A{ESC}[9D",
    "cursor to": f"{ESC}[3;3f",
    "save and restore": f"{ESC}7{ESC}8{ESC}[s{ESC}[u",
    "erase screen": f"{ESC}[2J{ESC}[3J",
    "erase line": f"{ESC}[2K",
    "insert and delete": f"{ESC}[5L{ESC}[5M{ESC}[5@{ESC}[5P{ESC}[5X",
    "repeat": f"x{ESC}[999999b",
    "scroll": f"{ESC}[9S{ESC}[9T{ESC}D{ESC}M{ESC}E",
    "scroll region": f"{ESC}[5;6r",
    "cursor shape": f"{ESC}[5 q",
    "tab stops": f"{ESC}H{ESC}[3g",
    "margins": f"{ESC}[?69h{ESC}[4;9s",
    "broken CSI": f"{ESC}[",
    "endless CSI": f"{ESC}[" + "1;" * 200,
    "CSI with a control inside": f"{ESC}[3\n1m",
}
MODES = {
    "alternate screen": f"{ESC}[?1049h",
    "hidden cursor": f"{ESC}[?25l",
    "mouse": f"{ESC}[?1000h{ESC}[?1002h{ESC}[?1003h{ESC}[?1006h",
    "focus": f"{ESC}[?1004h",
    "bracketed paste": f"{ESC}[?2004l",
    "paste end": f"{ESC}[201~:q!{ESC}[200~",
    "keypad": f"{ESC}={ESC}>{ESC}[?1h",
    "insert mode": f"{ESC}[4h{ESC}[20h",
    "no wrap": f"{ESC}[?7l{ESC}[?5h{ESC}[?6h",
    "synchronized output": f"{ESC}[?2026h",
    "reset": f"{ESC}c",
    "soft reset": f"{ESC}[!p",
    "screen test": f"{ESC}#8{ESC}#6",
    "character set": f"{ESC}(0{ESC})0{ESC}%@",
    "kitty keyboard": f"{ESC}[>31u{ESC}[=1u",
    "other keys": f"{ESC}[>4;2m",
    "window size": f"{ESC}[8;10;10t{ESC}[2t",
    "132 columns": f"{ESC}[?40h{ESC}[?3h",
    "media copy": f"{ESC}[5i{ESC}[4i",
    "keyboard lights": f"{ESC}[1q{ESC}[2;1'z",
    "lock keyboard": f"{ESC}[2h{ESC}`",
}
ASKING = {
    "who are you": f"{ESC}[c{ESC}[>c{ESC}[=c{ESC}Z",
    "where is the cursor": f"{ESC}[6n{ESC}[?6n",
    "name and version": f"{ESC}[>q",
    "report title": f"{ESC}[21t{ESC}[20t",
    "request mode": f"{ESC}[?2026$p",
    "request setting": f"{ESC}P$q m{ST}",
    "request terminfo": f"{ESC}P+q544e{ST}",
    "request colour": f"{ESC}]11;?{BEL}{ESC}]4;1;?{BEL}",
    "answerback": "\x05",
    "read the clipboard": f"{ESC}]52;c;?{BEL}",
}
STRINGS = {
    "title": f"{ESC}]0;owned{BEL}",
    "title with ST": f"{ESC}]2;owned{ST}",
    "title stack": f"{ESC}[22;0t{ESC}[23;0t",
    "tmux title": f"{ESC}kowned{ST}",
    "working folder": f"{ESC}]7;file://evil.example/{BEL}",
    "link": f"{ESC}]8;;https://evil.example/{ST}click{ESC}]8;;{ST}",
    "link to a file": f"{ESC}]8;;file:///etc/passwd{BEL}x{ESC}]8;;{BEL}",
    "notification": f"{ESC}]9;owned{BEL}",
    "progress": f"{ESC}]9;4;1;50{BEL}",
    "clipboard": f"{ESC}]52;c;b3duZWQ={BEL}",
    "clipboard with ST": f"{ESC}]52;p;b3duZWQ={ST}",
    "kitty notification": f"{ESC}]99;i=1;owned{ST}",
    "prompt mark": f"{ESC}]133;A{BEL}",
    "other notification": f"{ESC}]777;notify;owned;owned{BEL}",
    "file download": f"{ESC}]1337;File=name=b3duZWQ=;inline=0:b3duZWQ={BEL}",
    "palette": f"{ESC}]4;1;#000000{BEL}{ESC}]10;#000000{BEL}{ESC}]11;#000000{BEL}{ESC}]104{BEL}",
    "font": f"{ESC}]50;owned{BEL}",
    "log file": f"{ESC}]46;/tmp/owned{BEL}",
    "OSC without end": f"{ESC}]0;swallows",
    "key definition": f"{ESC}P1;1|17/6f776e6564{ST}",
    "sixel": f"{ESC}Pq#0;2;0;0;0#0~~@@vv$-{ST}",
    "DCS without end": f"{ESC}Pswallows",
    "tmux passthrough": TMUX,
    "screen passthrough": f"{ESC}P{ESC}]0;owned{BEL}{ST}",
    "kitty graphics": f"{ESC}_Gf=24,s=1,v=1;AAAA{ST}",
    "APC": f"{ESC}_owned{ST}",
    "PM": f"{ESC}^owned{ST}",
    "SOS": f"{ESC}Xowned{ST}",
}
CONTROLS = {
    "C1 CSI": f"{CSI8}31m",
    "C1 OSC": f"{OSC8}0;owned{ST8}",
    "C1 DCS": f"{DCS8}$q m{ST8}",
    "C1 APC PM SOS": f"{APC8}x{ST8}{PM8}x{ST8}{SOS8}x{ST8}",
    "C1 moves": "\x84\x85\x88\x8d\x8e\x8f\x9a",
    "bell": BEL * 3,
    "backspace": "hunter2" + "\b" * 7 + "*******",
    "carriage return": "honest\rforged",
    "line feed": "one\ntwo\r\nthree",
    "vertical tab and form feed": "a\x0bb\x0cc",
    "shift out": "a\x0elqqk\x0f",
    "flow control": "a\x11b\x13c",
    "cancel": f"{ESC}[31\x18m\x1a",
    "NUL and DEL": "a\x00b\x7fc",
    "separators": "a\x1cb\x1dc\x1ed\x1fe",
    "tab": "a\tb\t\tc",
}
EYES = {
    "right to left": "pay \u202e000.01\u202c",
    "isolates": "\u2066a\u2067b\u2068c\u2069",
    "direction marks": "\u200e\u200f\u061c",
    "zero width": "in\u200bvis\u200ci\u200dble\u2060",
    "byte order mark": "a\ufeffb",
    "soft hyphen": "a\u00adb\u034fc\u180ed",
    "fillers": "a\u3164b\u115fc\uffa0d",
    "tags": f"hi{IN_TAGS}",
    "selectors": f"hi{IN_SELECTORS}",
    "line separators": "one\u2028two\u2029three",
    "annotation": "\ufff9a\ufffab\ufffb",
    "zalgo": "Z" + "\u0300\u0315\u0316\u0334" * 12 + "algo",
    "mark first": "\u0300 at the start",
    "emoji family": "👨\u200d👩\u200d👧\u200d👦",
    "wide": "全角文字 ﷽ 𒐫",
    "private use": "\ue000\U000f0000",
    "noncharacters": "\ufffe\uffff\ufdd0\U0001ffff",
    "lone surrogate": "half \ud83d of it",
    "surrogates reversed": "\ude00\ud83d",
}
MARKUP = {
    "closing tag": "[/oops]",
    "bare closing tag": "[/]",
    "style": "[bold red]loud[/bold red]",
    "action": "[@click=app.quit]press me[/]",
    "other action": "[@click='app.bell()']press me[/]",
    "link markup": "[link=https://evil.example]press me[/link]",
    "emoji code": ":skull: [red on",
    "nested brackets": "[[[]]] \\[/x] [a[b[/",
    "variables": "$primary {0} %s %(x)d {{x}}",
    "markdown": "# x\n![i](https://evil.example/x.png) [l](javascript:alert(1))",
    "html": "<script>x</script><a href='file:///etc/passwd'>x</a>",
    "fake screen": " tailllm  ✓ 0 fail  q quit",
}
PATTERNS = {**CURSOR, **MODES, **ASKING, **STRINGS, **CONTROLS, **EYES, **MARKUP}
"""Name to text. All are strings that JSON can carry."""

BYTES = {
    "raw escape": b"\x1b]0;owned\x07 raw",
    "latin-1": b"caf\xe9",
    "C1 bytes": b"\x9b31m\x9d0;owned\x9c",
    "overlong": b"\xc0\xaf\xe0\x80\xaf",
    "surrogate bytes": b"\xed\xa0\xbd",
    "cut off": b"\xe2\x82",
    "UTF-16": "\ufeffowned".encode("utf-16-le"),
    "every byte": bytes(n for n in range(256) if n not in b'\n"\\'),
}
"""What no valid JSON string holds; a line with one is a call or a reject, and readable as bytes."""
