import { parseArgs } from 'node:util';
import { UsageError } from './errors.ts';

/** What the command line asks for. */
export interface CommandLine {
  readonly action: 'run' | 'check' | 'help';
  /** Folder of the appsettings files. */
  readonly configFolder: string | undefined;
  readonly environment: string | undefined;
  /** Settings, each as one `--Section:Key=value`. */
  readonly settings: readonly string[];
  /** What `readLoggingOptions` reads. */
  readonly logging: readonly string[];
}

export const helpText = `Usage: neo4j-sync-worker [options] [--Section:Key=value ...]

Takes Neo4jSyncRequest messages off dbo.Neo4jSyncQueue and brings the graph in Neo4j to the state SQL Server has.
Runs until SIGTERM or Ctrl-C; then finishes the batches in hand.

Options:
  --config DIR         folder with appsettings.json (default: the worker's own)
  --environment NAME   picks appsettings.NAME.json (default: DOTNET_ENVIRONMENT, else ASPNETCORE_ENVIRONMENT, else Production)
  --log-level LEVEL    trace, debug (each message), info, warn, error (default: LOG_LEVEL, else info)
  --log-format FORMAT  pretty or json (default: LOG_FORMAT, else pretty on a terminal)
  --check              only check the configuration, show it without secrets, and end
  --help               this text

Settings come from appsettings.json, above it appsettings.NAME.json, above it environment variables (Neo4j__Uri), above
them App Configuration and Key Vault where these files enable them, above all the command line (--Neo4j:Uri=bolt://...). Passwords don't belong on the command line, which process lists show.

Examples:
  DOTNET_ENVIRONMENT=Development neo4j-sync-worker
  neo4j-sync-worker --config /etc/hartonomous --environment Production --check
  Neo4j__Password=... neo4j-sync-worker --Neo4j:Uri=bolt://graph:7687 --Worker:Readers=5 --log-level debug

Exit codes: 0 stopped and drained; 1 failed (configuration, login, missing queue, port in use); 2 wrong command line;
3 stopped by force, unfinished batches rolled back.
`;

/**
 * Reads the command line.
 * @throws UsageError for anything that isn't an option or a setting
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const isSetting = (argument: string) => /^--[A-Za-z]\w*(?::\w+)+=/s.test(argument);
  const settings = args.filter(isSetting);
  const values = parseOptions(args.filter((argument) => !isSetting(argument)));
  const { 'log-level': level, 'log-format': format } = values;
  return {
    action: values.help === true ? 'help' : values.check === true ? 'check' : 'run',
    configFolder: values.config,
    environment: values.environment,
    settings,
    logging: [
      ...(level === undefined ? [] : [`--log-level=${level}`]),
      ...(format === undefined ? [] : [`--log-format=${format}`]),
    ],
  };
}

function parseOptions(args: readonly string[]) {
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
      },
    }).values;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `${why.replace(/\.?$/, '.')} Settings are written --Section:Key=value. See neo4j-sync-worker --help.`,
      { cause },
    );
  }
}
