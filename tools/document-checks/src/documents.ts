/** Which program is the independent reader of a document. */
export type Reader = 'pdf' | 'html' | 'epub' | 'odt';

/** A document in a package of Debian 12. */
export interface PackagedDocument {
  /** `NAME=VERSION`, as apt-get wants it. */
  readonly package: string;
  /** Below the root of a system that has the package. Ends with `.gz` where the package has it compressed. */
  readonly path: string;
  /** BCP 47. */
  readonly language: string;
  readonly reader: Reader;
}

const doc = 'usr/share/doc';
const font = (name: string, version: string, file: string, language: string): PackagedDocument => ({
  package: `fonts-sil-${name}=${version}`,
  path: `${doc}/fonts-sil-${name}/documentation/${file}`,
  language,
  reader: 'odt',
});
const guide = (language: string, reader: Reader, file: string): PackagedDocument => ({
  package: `developers-reference-${language}=12.18`,
  path: `usr/share/developers-reference/${language}/${file}`,
  language,
  reader,
});
const refcard = (language: string): PackagedDocument => ({
  package: 'debian-refcard=12.0',
  path: `${doc}/debian-refcard/refcard-${language}-a4.pdf.gz`,
  language: language.replace('_', '-'),
  reader: 'pdf',
});
const maintGuide = (language: string, reader: Reader, file: string): PackagedDocument => ({
  package: `maint-guide-${language}=1.2.53`,
  path: `${doc}/maint-guide-${language}/${file}`,
  language,
  reader,
});
const faq = (language: string, reader: Reader, file: string): PackagedDocument => ({
  package: `debian-faq-${language}=11.1`,
  path: `${doc}/debian/FAQ/${file}`,
  language,
  reader,
});
const audacity = (language: string, reader: Reader): PackagedDocument => ({
  package: `debian-edu-doc-legacy-${language}=2.12.23~deb12u1`,
  path: `${doc}/debian-edu-doc-legacy-${language}/audacity-manual.${reader}`,
  language,
  reader,
});
const liveManual = (language: string): PackagedDocument => ({
  package: 'live-manual-epub=2:20151217.2',
  path: `${doc}/live-manual/epub/live-manual.${language}.epub`,
  language: language.replace('_', '-'),
  reader: 'epub',
});
const aptitude = (language: string, file: string): PackagedDocument => ({
  package: `aptitude-doc-${language}=0.8.13-5`,
  path: `${doc}/aptitude/html/${language}/${file}`,
  language,
  reader: 'html',
});

/** Forty documents of small packages; written by LaTeX, FOP, DocBook, Sphinx, Word, LibreOffice and others. */
export const documents: readonly PackagedDocument[] = [
  guide('de', 'pdf', 'developers-reference.pdf'),
  guide('ja', 'pdf', 'developers-reference.pdf'),
  refcard('ru'),
  maintGuide('ca', 'pdf', 'maint-guide.ca.pdf'),
  maintGuide('vi', 'pdf', 'maint-guide.vi.pdf'),
  maintGuide('zh-tw', 'pdf', 'maint-guide.zh-tw.pdf'),
  refcard('ko'),
  faq('nl', 'pdf', 'debian-faq.nl.pdf.gz'),
  refcard('cs'),
  refcard('el'),
  refcard('hi'),
  refcard('tr'),
  refcard('zh_CN'),
  audacity('uk', 'pdf'),
  audacity('sv', 'pdf'),
  { package: 'debian-policy=4.6.2.0', path: `${doc}/debian-policy/fhs/fhs-3.0.pdf.gz`, language: 'en', reader: 'pdf' },
  guide('fr', 'epub', 'developers-reference.epub'),
  guide('ja', 'epub', 'developers-reference.epub'),
  guide('ru', 'epub', 'developers-reference.epub'),
  audacity('pl', 'epub'),
  liveManual('ca'),
  liveManual('ro'),
  liveManual('pt_BR'),
  {
    package: 'ubuntu-packaging-guide-epub-uk=1.0.4',
    path: `${doc}/ubuntu-packaging-guide-epub-uk/ubuntu-packaging-guide.epub`,
    language: 'uk',
    reader: 'epub',
  },
  aptitude('cs', 'ch02s04s05.html'),
  aptitude('fi', 'rn01re01.html'),
  guide('it', 'html', 'developers-reference.html'),
  {
    package: 'debian-policy-ja=4.6.2.0',
    path: `${doc}/debian-policy/ja/policy.html/ch-controlfields.html`,
    language: 'ja',
    reader: 'html',
  },
  faq('ko', 'html', 'ko/pkg-basics.ko.html'),
  faq('zh-cn', 'html', 'zh-cn/pkg-basics.zh-cn.html'),
  maintGuide('vi', 'html', 'html/dreq.vi.html'),
  { package: 'debian-refcard=12.0', path: `${doc}/debian-refcard/index.html`, language: 'en', reader: 'html' },
  font('abyssinica', '2.100-3', 'AbyssinicaSILFontFeatures.odt', 'am'),
  font('akatab', '2.000-3', 'Akatab-documentation.odt', 'en'),
  font('annapurna', '1.204-2', 'AnnapurnaSIL-GraphiteFeatures.odt', 'hi'),
  font('awami-nastaliq', '2.200-1', 'AwamiNastaliq-TypeSample.odt', 'ur'),
  font('harmattan', '2.000-1', 'Harmattan-features.odt', 'ar'),
  font('padauk', '5.000-3', 'Padauk-features.odt', 'my'),
  font('tagmukay', '2.000-2.1', 'Tagmukay-SmartFontFeatures.odt', 'ber'),
  font('taiheritagepro', '2.600-2', 'TaiHeritagePro-features.odt', 'blt'),
];
