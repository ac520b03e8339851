import { DeployError } from '@hartonomous/operations/errors';

/** Thrown when the command line can't be understood. */
export class UsageError extends DeployError {
  readonly code = 'USAGE';
  override readonly kind = 'usage';
}

/** Thrown when no source has the setting that is to be explained. */
export class UnknownSettingError extends DeployError {
  readonly code = 'UNKNOWN_SETTING';
  readonly key: string;
  constructor(key: string, sources: readonly string[], meant: string | undefined) {
    super(
      `No source has the setting ${key}; looked in ${sources.join(', ')}.`,
      meant === undefined ? 'hartonomous config show lists all settings.' : `Did you mean ${meant}?`,
    );
    this.key = key;
  }
}
