import { EmulatorError } from '../errors.ts';
/** The folder of init scripts cannot be read. */
export class InitFolderUnusableError extends EmulatorError {
  readonly code = 'INIT_FOLDER_UNUSABLE';
  readonly folder: string;

  constructor(folder: string, cause: Error) {
    super(`The folder of init scripts ${folder} cannot be read: ${cause.message}. Check its name and its rights.`, {
      cause,
    });
    this.folder = folder;
  }
}

/** A batch of an init script failed, so the emulator did not start. */
export class InitScriptFailedError extends EmulatorError {
  readonly code = 'INIT_SCRIPT_FAILED';
  readonly file: string;
  /** 1-based line of the script. */
  readonly line: number;
  /** Number of the SQL error. */
  readonly number: number;

  constructor(file: string, line: number, number: number, cause: Error) {
    super(
      `Init script ${file} failed at line ${line} with error ${number}: ${cause.message} ` +
        'What its batches did before is in the data folder; correct the script and start again, it then runs from its beginning.',
      { cause },
    );
    this.file = file;
    this.line = line;
    this.number = number;
  }
}
