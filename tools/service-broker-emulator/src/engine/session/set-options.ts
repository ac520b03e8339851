import { usEnglish } from '../../languages.ts';
import type { IsolationLevel } from '../query/table-hints.ts';
import { type DateSettings, dateSettings } from '../types/date-settings.ts';

/** The SET options of a session. Those without an effect in the emulator are kept so that they can be looked up. */
export interface SetOptions {
  nocount: boolean;
  xactAbort: boolean;
  implicitTransactions: boolean;
  quotedIdentifier: boolean;
  /** Milliseconds; -1 waits forever. */
  lockTimeout: number;
  /** SET ROWCOUNT; 0 = no limit. */
  rowCount: number;
  /** SET FMTONLY ON: column metadata without rows. */
  formatOnly: boolean;
  noExec: boolean;
  /** 1 (Monday) to 7 (Sunday). */
  dateFirst: number;
  /** SET DATEFORMAT and SET LANGUAGE. */
  dates: DateSettings;
  isolation: IsolationLevel;
  textSize: number;
  arithAbort: boolean;
  arithIgnore: boolean;
  ansiNulls: boolean;
  /** Whether a column without NULL or NOT NULL takes NULL; undefined = as its database says. */
  ansiNullDefault: boolean | undefined;
  ansiWarnings: boolean;
  ansiPadding: boolean;
  concatNullYieldsNull: boolean;
  /** A loss of digits is an error. */
  numericRoundAbort: boolean;
  /** SET CURSOR_CLOSE_ON_COMMIT ON: COMMIT and ROLLBACK close open cursors. */
  cursorCloseOnCommit: boolean;
  deadlockPriority: string;
}

/** What a fresh connection starts with. @param language that of its login */
export function defaultSetOptions(language = usEnglish): SetOptions {
  return {
    nocount: false,
    xactAbort: false,
    implicitTransactions: false,
    quotedIdentifier: true,
    lockTimeout: -1,
    rowCount: 0,
    formatOnly: false,
    noExec: false,
    dateFirst: language.dateFirst,
    dates: dateSettings(language.dateFormat, language),
    isolation: 'READ COMMITTED',
    textSize: 2_147_483_647,
    arithAbort: true,
    arithIgnore: false,
    ansiNulls: true,
    ansiNullDefault: true,
    ansiWarnings: true,
    ansiPadding: true,
    concatNullYieldsNull: true,
    numericRoundAbort: false,
    cursorCloseOnCommit: false,
    deadlockPriority: 'NORMAL',
  };
}

/** @@OPTIONS. Bits as Microsoft documents them for the `user options` server setting. */
export function setOptionBits(options: SetOptions): number {
  const bits: readonly (readonly [boolean, number])[] = [
    [options.implicitTransactions, 2],
    [options.cursorCloseOnCommit, 4],
    [options.ansiWarnings, 8],
    [options.ansiPadding, 16],
    [options.ansiNulls, 32],
    [options.arithAbort, 64],
    [options.arithIgnore, 128],
    [options.quotedIdentifier, 256],
    [options.nocount, 512],
    [options.ansiNullDefault === true, 1024],
    [options.ansiNullDefault === false, 2048],
    [options.concatNullYieldsNull, 4096],
    [options.numericRoundAbort, 8192],
    [options.xactAbort, 16384],
  ];
  return bits.reduce((sum, [on, value]) => (on ? sum + value : sum), 0);
}
