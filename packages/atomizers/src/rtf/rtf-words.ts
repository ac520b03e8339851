/** What control words stand for that are characters. */
export const characterWords: ReadonlyMap<string, string> = new Map([
  ['tab', '\t'],
  ['line', '\n'],
  ['emdash', '\u2014'],
  ['endash', '\u2013'],
  ['emspace', '\u2003'],
  ['enspace', '\u2002'],
  ['qmspace', '\u2005'],
  ['bullet', '\u2022'],
  ['lquote', '\u2018'],
  ['rquote', '\u2019'],
  ['ldblquote', '\u201c'],
  ['rdblquote', '\u201d'],
  ['zwj', '\u200d'],
  ['zwnj', '\u200c'],
  ['lbr', '\n'],
]);

/** Words that end a paragraph. */
export const paragraphWords: ReadonlySet<string> = new Set(['par', 'sect', 'page', 'column', 'row', 'nestrow']);

/** Words that end a cell of a table. */
export const cellWords: ReadonlySet<string> = new Set(['cell', 'nestcell']);

/** Groups that begin with these words, or with `\*` and a word that isn't below, have nothing to read in them. */
export const hiddenGroups: ReadonlySet<string> = new Set(
  `colortbl stylesheet pict objdata shprslt themedata datastore generator xmlnstbl listtable listoverridetable rsidtbl
  mmathPr latentstyles filetbl revtbl nonshppict bkmkstart bkmkend atnid atnauthor atndate atnref atrfstart atrfend
  template formfield ffname ffdeftext ffformat ffhelptext ffstattext sp tc xe rxe pntext pntxta pntxtb bliptag blipuid
  operator company manager category doccomm hlinkbase userprops passwordhash private listtext nestcellprops
  nonesttables aftnsep aftnsepc ftnsep ftnsepc aftncn ftncn colorschememapping background`.split(/\s+/),
);

/** Groups after `\*` that are read. */
export const shownGroups: ReadonlySet<string> = new Set(
  'shpinst do fldinst annotation ud fldrslt nesttableprops shppict moMath momath'.split(' '),
);

/** Groups that stand in the middle of a paragraph and are none of it. */
export const apartGroups: ReadonlySet<string> = new Set(
  `footnote annotation shptxt dptxbxtext header headerl headerr headerf footer footerl footerr footerf`.split(/\s+/),
);
