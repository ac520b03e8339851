/**
 * Whether a session can have this language; the empty name is the server's own. The others of `sys.syslanguages` change how dates
 * are read and the names of months and days, which the emulator doesn't do.
 */
export function isSupportedLanguage(name: string): boolean {
  return /^(us_english|english)?$/i.test(name);
}
