export { UnknownSettingError, UsageError } from './errors.ts';
export type { TextSink } from './output.ts';
export { type CliHost, runCli } from './run-cli.ts';
export { StopRequest } from './stop-request.ts';
