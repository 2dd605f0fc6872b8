/** What somebody might have a model say, or put where it is shown. `canary` is an address that nobody may ask. */
export const hostileMarkdown = (canary: string): string => `Fine words first.

<script>window.hit = "script"</script>

<img src="${canary}/img" onerror="window.hit = 'onerror'" onload="window.hit = 'onload'">

<svg onload="window.hit = 'svg'"><use href="${canary}/svg#x"/><animate onbegin="window.hit = 'animate'"/></svg>

<iframe src="javascript:parent.hit = 'iframe'" srcdoc="<script>parent.hit = 'srcdoc'</script>"></iframe>

<object data="${canary}/object"></object><embed src="${canary}/embed"><link rel="stylesheet" href="${canary}/style">

<style>body { background: url(${canary}/css) }</style><meta http-equiv="refresh" content="0; url=${canary}/refresh">

<form action="${canary}/form"><button autofocus onfocus="window.hit = 'focus'">Log in</button></form>

<details open ontoggle="window.hit = 'toggle'"><summary>x</summary></details><video><source onerror="window.hit = 'video'"></video>

[a](javascript:window.hit='link') [b](JaVaScRiPt:window.hit='case') [c](java&#115;cript:window.hit='entity')
[d](<java	script:window.hit='tab'>) [e](vbscript:window.hit) [f](data:text/html,<script>parent.hit=1</script>)
[g](file:///etc/passwd) [h](//canary.example/x) [i](https://bank.example@canary.example/) [j][r] <javascript:window.hit='auto'>
[k](blob:null) [l](/api/settings) [m](https://fine.example/page "title") [n](mailto:a@fine.example) https://fine.example/auto

[r]: javascript:window.hit='reference'

![i](${canary}/image.png) ![j](data:image/svg+xml,<svg onload="parent.hit=1">) ![k](javascript:window.hit=1) [![l](${canary}/linked.png)](https://fine.example/)

\`\`\`html" onmouseover="window.hit = 'language'
<script>window.hit = "code"</script>
\`\`\`

$\\href{javascript:window.hit='href'}{x}$ $\\url{javascript:window.hit='url'}$ $\\includegraphics{${canary}/tex.png}$ $\\htmlData{onclick=window.hit=1}{x}$

$$\\unicode{<img src=x onerror=window.hit='tex'>} \\class{" onclick="window.hit=1}{y} \\style{background:url(${canary}/texcss)}{z}$$

| <img src=x onerror="window.hit='cell'"> | b |
| --- | --- |
| <script>window.hit = "cell"</script> | ![x](${canary}/cell.png) |

[^1]: <img src=x onerror="window.hit='note'">

Words with a note[^1] and a fair formula, $x^2$. The end of it.`

/** A name as an attacker would have it. */
export const hostileName = `<img src=x onerror="window.hit='name'">`
