import { DeployError } from '../errors.ts';

/** Thrown when what was given as a release isn't one, or isn't what was built. */
export class ReleaseArtifactError extends DeployError {
  readonly code = 'RELEASE_ARTIFACT_INVALID';
  override readonly kind = 'usage';
  constructor(message: string, action: string, cause?: unknown) {
    super(message, action, cause);
  }
}

/** Thrown when the database is older than a release needs. */
export class ReleaseSchemaError extends DeployError {
  readonly code = 'RELEASE_SCHEMA_OLDER';
}

/** Thrown when somebody else works on the releases of the same worker. */
export class ReleaseLockedError extends DeployError {
  readonly code = 'RELEASE_LOCKED';
}

/** Thrown when the folder of a worker isn't laid out for releases, or has no such release. */
export class ReleaseFolderError extends DeployError {
  readonly code = 'RELEASE_FOLDER_UNUSABLE';
}

/** Thrown when a worker of a release doesn't become ready, ends, or isn't of the version that was asked for. */
export class ReleaseNotReadyError extends DeployError {
  readonly code = 'RELEASE_NOT_READY';
}

/** Thrown when a worker of a release doesn't bring a message through. */
export class ReleaseProbeError extends DeployError {
  readonly code = 'RELEASE_PROBE_FAILED';
}

/** Thrown when the command was asked to stop before a release was proved; it goes back then. */
export class ReleaseStoppedError extends DeployError {
  readonly code = 'RELEASE_STOPPED';
  constructor(release: string) {
    super(`This command was asked to stop before ${release} was proved.`, 'Run it again when nothing is in the way.');
  }
}
