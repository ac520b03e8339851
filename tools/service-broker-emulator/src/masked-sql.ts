const passwordLiteral = /(\b(?:OLD_)?PASSWORD\s*=\s*)(?:N?'(?:[^']|'')*'|0x[0-9a-f]*)/gi;

/** The text of a statement for a log: the passwords of CREATE LOGIN and ALTER LOGIN are left out. */
export function maskedSql(text: string): string {
  return text.replaceAll(passwordLiteral, "$1'***'");
}
