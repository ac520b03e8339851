export { UnknownSettingError, UsageError } from './errors.ts';
export type { TextSink } from './output.ts';
export { type CliHost, runCli, StopRequest } from './run-cli.ts';
