/** Malicious names of columns, classes, runs and symbols. Each tries to be more than text somewhere. */

/** Sets a mark in the page and asks a server, if it runs. */
export const script = '<script>window.__x=1;fetch("http://127.0.0.1:9/leak")</script>';

export const hostileNames: readonly string[] = [
  script,
  '<img src=x onerror="window.__x=2">',
  '" onmouseover="window.__x=3" x="',
  "' onfocus='window.__x=4' autofocus tabindex='0",
  '</title></style></text></svg></math><script>window.__x=5</script>',
  '<svg onload="window.__x=6"><style>@import "http://127.0.0.1:9/a.css";</style></svg>',
  'javascript:window.__x=7',
  '0%;background:url(http://127.0.0.1:9/b.png)',
  '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">',
  '<base href="http://127.0.0.1:9/"><form action="http://127.0.0.1:9/"><input autofocus>',
  '&lt;b&gt; &amp; &#x3c;i&#62;',
  ']]><!--<!DOCTYPE x>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the name
  '${process.exit(7)}` */ process.exit(8) /*',
  '"""+__import__("os").system("echo PWNED")+"""',
  '\u001b]0;PWNED\u0007\u001b[31mred\u001b[2J',
  '\u009b31mc1',
  '\u202egnp.exe',
  '\u2067right\u2066left\u200f',
  'zero\u200bwidth\ufeff\u2028line',
  'half \ud800 a pair, \udc00 and \uffff',
  'nul \u0000 and delete \u007f',
  "=cmd|' /C calc'!A0",
  '\\input{/etc/passwd}\\write18{id}%$&_#^~{}',
  '2\\input{canary}\\relax',
  '^^5cinput{canary}',
  '}\\end{document}\\input{canary}',
  '$$\\href{javascript:alert(1)}{x}\\includegraphics{canary}$$',
  'two\n\nlines\tand a tab',
  'C:\\Users\\new\\N{x}',
  '__proto__',
  'constructor',
  'שלום 12',
  'ĸŉſĦ 重量 😀 e\u0301\u0302 ½ × ÷',
  'x'.repeat(300),
];
