/**
 * What may begin a name. XML 1.0 allows more in its fifth edition than in its fourth, which SQL Server's parser is older
 * than; what is a letter of Unicode as well is in both.
 */
export const nameStart =
  /(?=[:A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}])[:_\p{ID_Start}]/uy;

/** What may follow in a name, also nothing. */
export const nameRest =
  /(?:(?=[-.:0-9A-Z_a-z\u00B7\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u037D\u037F-\u1FFF\u200C-\u200D\u203F\u2040\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}])[-.:_\p{ID_Continue}])*/uy;

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids exactly these.
export const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
