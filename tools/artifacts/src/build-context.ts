import type { Commit } from './commit.ts';

/** What all artifacts of a run have in common. */
export interface BuildContext {
  /** The repository. */
  readonly root: string;
  /** Folder that the artifacts' folders are made in. */
  readonly out: string;
  readonly commit: Commit;
  /** Version of Node that programs get with them, with the driver for Windows logins, as artifacts for Windows. */
  readonly windowsNode?: string | undefined;
}

/** An artifact's folder before it is sealed. */
export interface Contents {
  readonly name: string;
  readonly version: string;
  /** Packages that aren't in it and can be installed beside it. */
  readonly native: readonly string[];
}
