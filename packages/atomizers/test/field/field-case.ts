/** What has to come out of one file; all of it has to hold. */
export interface FieldExpectation {
  /** Texts that are the whole canonical text of an atom. */
  readonly has?: readonly string[];
  /** Texts that stand somewhere in an atom. */
  readonly contains?: readonly string[];
  /** Texts that stand in no atom. */
  readonly lacks?: readonly string[];
  /** The canonical texts of the atoms that have no parent but the file (or, in an archive, the member), one after the other. */
  readonly blocks?: readonly string[];
  /** The titles of all headings, one after the other. */
  readonly headings?: readonly string[];
  /** Rows as their fields by name, one after the other. */
  readonly rows?: readonly Readonly<Record<string, string>>[];
  /** How many rows there are. */
  readonly rowCount?: number;
  /** Paths of the members of an archive and the names of their atomizers. */
  readonly members?: readonly (readonly [path: string, atomizer: string])[];
  /** Number of atoms of a type. */
  readonly counts?: Readonly<Record<string, number>>;
  /** The atomizer's name. */
  readonly atomizer?: string;
  /** Code of a note, or of a member that is refused. */
  readonly note?: string;
  /** Code that the whole file is refused with. */
  readonly refused?: string;
  /** What the refusal says, among other things. */
  readonly message?: string;
  /** Texts that stand somewhere in the metadata. */
  readonly metadata?: readonly string[];
  /** Texts that are the whole content of an atom, with its white space. */
  readonly contents?: readonly string[];
  /** The line that each row or paragraph begins in, the header included. */
  readonly lines?: readonly number[];
}

/** What has to come out of a file; of several, one. */
export type FieldCase = FieldExpectation | readonly FieldExpectation[];

/** Cases by the name of the file. */
export type FieldCases = Readonly<Record<string, FieldCase>>;
