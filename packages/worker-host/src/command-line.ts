import { parseArgs } from 'node:util';
import { UsageError } from './errors.ts';

/** What the command line of a worker asks for. */
export interface CommandLine {
  readonly action: 'run' | 'check' | 'help' | 'version';
  /** Folder of the appsettings files. */
  readonly configFolder: string | undefined;
  readonly environment: string | undefined;
  /** Settings, each as one `--Section:Key=value`. */
  readonly settings: readonly string[];
  /** What `readLoggingOptions` reads. */
  readonly logging: readonly string[];
}

/** What `--help` says about one worker in particular. */
export interface CommandHelp {
  /** Name of the command. */
  readonly name: string;
  /** What the worker does, one or two sentences, lines of at most 120 characters. */
  readonly summary: string;
  /** What `--log-level debug` shows besides. @default `each message` */
  readonly debugShows?: string;
  /** Whole command lines that work. */
  readonly examples: readonly string[];
}

/** The text of `--help`. */
export function helpText({ name, summary, debugShows = 'each message', examples }: CommandHelp): string {
  return `Usage: ${name} [options] [--Section:Key=value ...]

${summary}
Runs until SIGTERM or Ctrl-C; then finishes what it has in hand.

Options:
  --config DIR         folder with appsettings.json (default: the worker's own)
  --environment NAME   picks appsettings.NAME.json (default: DOTNET_ENVIRONMENT, else ASPNETCORE_ENVIRONMENT, else Production)
  --log-level LEVEL    trace, debug (${debugShows}), info, warn, error (default: LOG_LEVEL, else info)
  --log-format FORMAT  pretty or json (default: LOG_FORMAT, else pretty on a terminal)
  --check              only check the configuration, show it without secrets, and end
  --help               this text
  --version            the version, and the commit that an artifact was built from

Settings come from appsettings.json, above it appsettings.NAME.json, above it environment variables (Section__Key), above
them App Configuration and Key Vault where these files enable them, above all the command line (--Section:Key=value).
Passwords don't belong on the command line, which process lists show.

Examples:
${examples.map((example) => `  ${example}\n`).join('')}
Exit codes: 0 stopped and drained; 1 failed (configuration, login, a missing object, port in use); 2 wrong command line;
3 stopped by force, unfinished work rolled back.
`;
}

/**
 * Reads the command line of a worker.
 *
 * @param args without node and script
 * @param name of the command, for messages
 * @throws UsageError for anything that isn't an option or a setting
 */
export function parseCommandLine(args: readonly string[], name: string): CommandLine {
  const isSetting = (argument: string) => /^--[A-Za-z]\w*(?::\w+)+=/s.test(argument);
  const settings = args.filter(isSetting);
  const options = args.filter((argument) => !isSetting(argument));
  const values = parseOptions(options, name);
  const { 'log-level': level, 'log-format': format } = values;
  return {
    action: actionOf(values),
    configFolder: values.config,
    environment: values.environment,
    settings,
    logging: [
      ...(level === undefined ? [] : [`--log-level=${level}`]),
      ...(format === undefined ? [] : [`--log-format=${format}`]),
    ],
  };
}

function actionOf({ help, version, check }: ReturnType<typeof parseOptions>): CommandLine['action'] {
  if (help === true) return 'help';
  if (version === true) return 'version';
  return check === true ? 'check' : 'run';
}

function parseOptions(args: readonly string[], name: string) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        environment: { type: 'string' },
        'log-level': { type: 'string' },
        'log-format': { type: 'string' },
        check: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    }).values;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${why.replace(/\.?$/, '.')} Settings are written --Section:Key=value. See ${name} --help.`, {
      cause,
    });
  }
}
