import type { ConfigurationEntry, ConfigurationSource } from './configuration-source.ts';

/**
 * Settings from command line arguments with the rules of .NET: `--Key value`, `--Key=value`, `/Key value`,
 * `/Key=value` and `Key=value`, where a later one wins. Arguments that fit none of these forms are left to others.
 *
 * @param args the arguments without node and script
 */
export function commandLineSource(args: readonly string[]): ConfigurationSource {
  const entries: ConfigurationEntry[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    const prefix = /^(?:--|\/)/.exec(argument)?.[0] ?? '';
    if (prefix === '' && argument.startsWith('-')) continue;
    const body = argument.slice(prefix.length);
    const equals = body.indexOf('=');
    if (equals > 0) {
      const key = body.slice(0, equals);
      entries.push({ key, value: body.slice(equals + 1), origin: `command line ${prefix}${key}` });
    } else if (prefix !== '' && body !== '' && equals < 0) {
      const value = args[index + 1];
      if (value === undefined || value.startsWith('--')) continue;
      entries.push({ key: body, value, origin: `command line ${prefix}${body}` });
      index += 1;
    }
  }
  return { kind: 'command-line', name: 'command line', entries, problems: [] };
}
