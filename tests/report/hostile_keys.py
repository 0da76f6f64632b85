"""Names and keys that try to do something, in HTML, in a template or in a spreadsheet."""

HOSTILE = [
    "<script>document.title='run'</script>",
    "</script><script>document.title='run'</script>",
    '=HYPERLINK("http://evil.example","x")',
    "\"'><img src=x onerror=\"document.title='run'\">",
    "{{ 7 * 7 }}&amp;\u2028-->",
]
PROGRAMS = {"iva": "iv-a", "<b>ivd</b>": "iv-d", "employment": "earnings"}
