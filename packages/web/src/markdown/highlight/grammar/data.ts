import type { Grammar, Rule } from "../scan.ts"
import {
  blockComment,
  doubleQuoted,
  escaped,
  hashComment,
  names,
  number,
  singleQuoted,
  slashComment,
  span,
} from "./pieces.ts"

/** Data, markup and configuration. */

export const json = (): Grammar => ({
  main: {
    rules: [
      { pattern: '"(?:[^"\\\\]|\\\\.)*"(?=\\s*:)', hue: "k" },
      doubleQuoted,
      slashComment,
      blockComment.rule,
      { pattern: "\\b(?:true|false|null)\\b|-?\\d[\\d.eE+-]*", hue: "n" },
    ],
  },
  ...blockComment.parts,
})

const value: Rule[] = [
  { pattern: "\\b(?:true|false|null|yes|no|on|off)\\b", hue: "n" },
  { pattern: "[\\p{L}_][\\p{L}\\p{N}_./-]*" },
  number,
]

export const yaml = (): Grammar => ({
  main: {
    rules: [
      hashComment,
      { pattern: "(?<=^[\\s-]{0,200})[\\w./-]+(?=:(?:\\s|$))", hue: "k" },
      doubleQuoted,
      singleQuoted,
      { pattern: "(?<=\\s)[&*!][\\w-]+", hue: "n" },
      ...value,
    ],
  },
})

/** TOML, INI, .env and HCL. */
export const settings = (): Grammar => {
  const triple = span("triple", '"""', '"""', "s", escaped)
  const rules: Rule[] = [
    { pattern: "^\\s*;.*", hue: "c" },
    hashComment,
    slashComment,
    blockComment.rule,
    { pattern: "^\\s*\\[.*\\]", hue: "k" },
    { pattern: "(?<=^\\s{0,200})[\\w.-]+(?=\\s*[={])", hue: "k" },
    triple.rule,
    doubleQuoted,
    singleQuoted,
    ...value,
  ]
  return { main: { rules }, ...triple.parts, ...blockComment.parts }
}

/** HTML, XML, SVG, Vue, Svelte. */
export const markup = (): Grammar => {
  const comment = span("comment", "<!--", "-->", "c")
  return {
    main: {
      rules: [
        comment.rule,
        { pattern: "</?[\\p{L}][\\w:.-]*|<[!?]\\w+", hue: "k", push: "tag" },
        { pattern: "&#?\\w+;", hue: "n" },
      ],
    },
    tag: { rules: [doubleQuoted, singleQuoted, { pattern: "[/?]?>", hue: "k", pop: true }] },
    ...comment.parts,
  }
}

/** CSS, SCSS, Less. */
export const css = (): Grammar => ({
  main: {
    rules: [
      blockComment.rule,
      { pattern: "(?<=^|\\s)//.*", hue: "c" },
      doubleQuoted,
      singleQuoted,
      { pattern: "@[\\w-]+|![\\w]+", hue: "k" },
      { pattern: "(?<=(?:^|[{;])\\s{0,200})[$\\w-]+(?=\\s*:\\s)", hue: "k" },
      { pattern: "#[\\da-fA-F]{3,8}\\b", hue: "n" },
      { pattern: "[\\p{L}_$-][\\w-]*" },
      { pattern: "\\d*\\.?\\d+(?:%|[a-zA-Z]+)?", hue: "n" },
    ],
  },
  ...blockComment.parts,
})

export const diff = (): Grammar => ({
  main: {
    rules: [
      { pattern: "^(?:diff|index|---|\\+\\+\\+|new file|deleted file|similarity|rename).*", hue: "c" },
      { pattern: "^@@.*", hue: "k" },
      { pattern: "^\\+.*", hue: "s" },
      { pattern: "^-.*", hue: "n" },
    ],
  },
})

export const dockerfile = (): Grammar => ({
  main: {
    rules: [
      hashComment,
      { pattern: "^\\s*[A-Z]+(?=\\s|$)|\\bAS\\b", hue: "k" },
      doubleQuoted,
      singleQuoted,
      { pattern: "\\$(?:\\{[^}]*\\}?|\\w+)", hue: "n" },
    ],
  },
})

export const makefile = (): Grammar => ({
  main: {
    rules: [
      hashComment,
      {
        pattern: "^[\\w./%-]+(?=.*:)|^(?:ifeq|ifneq|ifdef|ifndef|else|endif|include|export|define|endef)\\b",
        hue: "k",
      },
      { pattern: "\\$(?:[({][^)}]*[)}]?|.)", hue: "n" },
      doubleQuoted,
      singleQuoted,
    ],
  },
})

export const markdown = (): Grammar => {
  const fence = span("fence", "^\\s*```.*", "^\\s*```", "s")
  return {
    main: {
      rules: [
        fence.rule,
        { pattern: "^#{1,6}\\s.*", hue: "k" },
        { pattern: "^\\s*(?:[-*+]|\\d+[.)])(?=\\s)|^>+", hue: "n" },
        { pattern: "`[^`]*`", hue: "s" },
      ],
    },
    ...fence.parts,
  }
}

export const latex = (): Grammar => ({
  main: {
    rules: [
      { pattern: "(?<!\\\\)%.*", hue: "c" },
      { pattern: "\\\\(?:[A-Za-z]+\\*?|.)", hue: "k" },
      { pattern: "\\$[^$]*\\$?", hue: "s" },
      number,
    ],
  },
})

export const nginx = (): Grammar => ({
  main: {
    rules: [
      hashComment,
      { pattern: "(?<=(?:^|[{;])\\s{0,200})[a-z_]+", hue: "k" },
      doubleQuoted,
      singleQuoted,
      { pattern: "\\$\\w+", hue: "n" },
      names("on off"),
      number,
    ],
  },
})
