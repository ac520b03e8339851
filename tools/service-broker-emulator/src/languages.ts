/** A language of the server: names of months and days, and how dates in numbers are read. */
export interface Language {
  /** @@LANGID. */
  readonly id: number;
  /** @@LANGUAGE. */
  readonly name: string;
  /** Its name in English. */
  readonly alias: string;
  readonly dateFormat: 'mdy' | 'dmy' | 'ymd';
  /** First day of the week, 1 (Monday) or 7 (Sunday). */
  readonly dateFirst: 1 | 7;
  /** Windows locale. */
  readonly lcid: number;
  /** Locale whose texts the messages of SQL Server have. */
  readonly messageLocale: number;
  readonly months: readonly string[];
  readonly shortMonths: readonly string[];
  /** Monday first. */
  readonly days: readonly string[];
  /** What .NET calls it: FORMAT works by it. */
  readonly culture: string;
}

type Entry = readonly [
  name: string,
  alias: string,
  dateFormat: Language['dateFormat'],
  dateFirst: Language['dateFirst'],
  lcid: number,
  culture: string,
  months: string,
  shortMonths: string,
  days: string,
];

const englishMonths = 'January,February,March,April,May,June,July,August,September,October,November,December';
const englishShortMonths = 'Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec';
const englishDays = 'Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday';
const norwegianMonths = 'januar,februar,mars,april,mai,juni,juli,august,september,oktober,november,desember';
const norwegianShortMonths = 'jan,feb,mar,apr,mai,jun,jul,aug,sep,okt,nov,des';
const nordicDays = 'mandag,tirsdag,onsdag,torsdag,fredag,lørdag,søndag';
const numberedMonths = '01,02,03,04,05,06,07,08,09,10,11,12';
const romanMonths = 'I,II,III,IV,V,VI,VII,VIII,IX,X,XI,XII';
const chineseDays = '星期一,星期二,星期三,星期四,星期五,星期六,星期日';

/** In the order of their ids. Source: `sys.syslanguages` of SQL Server 2025, its own spellings. */
const entries: readonly Entry[] = [
  ['us_english', 'English', 'mdy', 7, 1033, 'en-US', englishMonths, englishShortMonths, englishDays],
  [
    'Deutsch',
    'German',
    'dmy',
    1,
    1031,
    'de-DE',
    'Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember',
    'Jan,Feb,Mär,Apr,Mai,Jun,Jul,Aug,Sep,Okt,Nov,Dez',
    'Montag,Dienstag,Mittwoch,Donnerstag,Freitag,Samstag,Sonntag',
  ],
  [
    'Français',
    'French',
    'dmy',
    1,
    1036,
    'fr-FR',
    'janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre',
    'janv,févr,mars,avr,mai,juin,juil,août,sept,oct,nov,déc',
    'lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche',
  ],
  [
    '日本語',
    'Japanese',
    'ymd',
    7,
    1041,
    'ja-JP',
    numberedMonths,
    numberedMonths,
    '月曜日,火曜日,水曜日,木曜日,金曜日,土曜日,日曜日',
  ],
  [
    'Dansk',
    'Danish',
    'dmy',
    1,
    1030,
    'da-DK',
    'januar,februar,marts,april,maj,juni,juli,august,september,oktober,november,december',
    'jan,feb,mar,apr,maj,jun,jul,aug,sep,okt,nov,dec',
    nordicDays,
  ],
  [
    'Español',
    'Spanish',
    'dmy',
    1,
    3082,
    'es-ES',
    'Enero,Febrero,Marzo,Abril,Mayo,Junio,Julio,Agosto,Septiembre,Octubre,Noviembre,Diciembre',
    'Ene,Feb,Mar,Abr,May,Jun,Jul,Ago,Sep,Oct,Nov,Dic',
    'Lunes,Martes,Miércoles,Jueves,Viernes,Sábado,Domingo',
  ],
  [
    'Italiano',
    'Italian',
    'dmy',
    1,
    1040,
    'it-IT',
    'gennaio,febbraio,marzo,aprile,maggio,giugno,luglio,agosto,settembre,ottobre,novembre,dicembre',
    'gen,feb,mar,apr,mag,giu,lug,ago,set,ott,nov,dic',
    'lunedì,martedì,mercoledì,giovedì,venerdì,sabato,domenica',
  ],
  [
    'Nederlands',
    'Dutch',
    'dmy',
    1,
    1043,
    'nl-NL',
    'januari,februari,maart,april,mei,juni,juli,augustus,september,oktober,november,december',
    'jan,feb,mrt,apr,mei,jun,jul,aug,sep,okt,nov,dec',
    'maandag,dinsdag,woensdag,donderdag,vrijdag,zaterdag,zondag',
  ],
  ['Norsk', 'Norwegian', 'dmy', 1, 2068, 'nn-NO', norwegianMonths, norwegianShortMonths, nordicDays],
  [
    'Português',
    'Portuguese',
    'dmy',
    7,
    2070,
    'pt-PT',
    'janeiro,fevereiro,março,abril,maio,junho,julho,agosto,setembro,outubro,novembro,dezembro',
    'jan,fev,mar,abr,mai,jun,jul,ago,set,out,nov,dez',
    'segunda-feira,terça-feira,quarta-feira,quinta-feira,sexta-feira,sábado,domingo',
  ],
  [
    'Suomi',
    'Finnish',
    'dmy',
    1,
    1035,
    'fi-FI',
    'tammikuuta,helmikuuta,maaliskuuta,huhtikuuta,toukokuuta,kesäkuuta,heinäkuuta,elokuuta,syyskuuta,lokakuuta,marraskuuta,joulukuuta',
    'tammi,helmi,maalis,huhti,touko,kesä,heinä,elo,syys,loka,marras,joulu',
    'maanantai,tiistai,keskiviikko,torstai,perjantai,lauantai,sunnuntai',
  ],
  [
    'Svenska',
    'Swedish',
    'ymd',
    1,
    1053,
    'sv-SE',
    'januari,februari,mars,april,maj,juni,juli,augusti,september,oktober,november,december',
    'jan,feb,mar,apr,maj,jun,jul,aug,sep,okt,nov,dec',
    'måndag,tisdag,onsdag,torsdag,fredag,lördag,söndag',
  ],
  [
    'čeština',
    'Czech',
    'dmy',
    1,
    1029,
    'cs-CZ',
    'leden,únor,březen,duben,květen,červen,červenec,srpen,září,říjen,listopad,prosinec',
    romanMonths,
    'pondělí,úterý,středa,čtvrtek,pátek,sobota,neděle',
  ],
  [
    'magyar',
    'Hungarian',
    'ymd',
    1,
    1038,
    'hu-HU',
    'január,február,március,április,május,június,július,augusztus,szeptember,október,november,december',
    'jan,febr,márc,ápr,máj,jún,júl,aug,szept,okt,nov,dec',
    'hétfő,kedd,szerda,csütörtök,péntek,szombat,vasárnap',
  ],
  [
    'polski',
    'Polish',
    'dmy',
    1,
    1045,
    'pl-PL',
    'styczeń,luty,marzec,kwiecień,maj,czerwiec,lipiec,sierpień,wrzesień,październik,listopad,grudzień',
    romanMonths,
    'poniedziałek,wtorek,środa,czwartek,piątek,sobota,niedziela',
  ],
  [
    'română',
    'Romanian',
    'dmy',
    1,
    1048,
    'ro-RO',
    'ianuarie,februarie,martie,aprilie,mai,iunie,iulie,august,septembrie,octombrie,noiembrie,decembrie',
    'Ian,Feb,Mar,Apr,Mai,Iun,Iul,Aug,Sep,Oct,Nov,Dec',
    'luni,marţi,miercuri,joi,vineri,sîmbătă,duminică',
  ],
  [
    'hrvatski',
    'Croatian',
    'ymd',
    1,
    1050,
    'hr-HR',
    'siječanj,veljača,ožujak,travanj,svibanj,lipanj,srpanj,kolovoz,rujan,listopad,studeni,prosinac',
    'sij,vel,ožu,tra,svi,lip,srp,kol,ruj,lis,stu,pro',
    'ponedjeljak,utorak,srijeda,četvrtak,petak,subota,nedjelja',
  ],
  [
    'slovenčina',
    'Slovak',
    'dmy',
    1,
    1051,
    'sk-SK',
    'január,február,marec,apríl,máj,jún,júl,august,september,október,november,december',
    romanMonths,
    'pondelok,utorok,streda,štvrtok,piatok,sobota,nedeľa',
  ],
  [
    'slovenski',
    'Slovenian',
    'dmy',
    1,
    1060,
    'sl-SI',
    'januar,februar,marec,april,maj,junij,julij,avgust,september,oktober,november,december',
    'jan,feb,mar,apr,maj,jun,jul,avg,sept,okt,nov,dec',
    'ponedeljek,torek,sreda,četrtek,petek,sobota,nedelja',
  ],
  [
    'ελληνικά',
    'Greek',
    'dmy',
    1,
    1032,
    'el-GR',
    // May has this spelling there.
    'Ιανουαρίου,Φεβρουαρίου,Μαρτίου,Απριλίου,Μα_ου,Ιουνίου,Ιουλίου,Αυγούστου,Σεπτεμβρίου,Οκτωβρίου,Νοεμβρίου,Δεκεμβρίου',
    'Ιαν,Φεβ,Μαρ,Απρ,Μαϊ,Ιουν,Ιουλ,Αυγ,Σεπ,Οκτ,Νοε,Δεκ',
    'Δευτέρα,Τρίτη,Τετάρτη,Πέμπτη,Παρασκευή,Σάββατο,Κυριακή',
  ],
  [
    'български',
    'Bulgarian',
    'dmy',
    1,
    1026,
    'bg-BG',
    'януари,февруари,март,април,май,юни,юли,август,септември,октомври,ноември,декември',
    'януари,февруари,март,април,май,юни,юли,август,септември,октомври,ноември,декември',
    'понеделник,вторник,сряда,четвъртък,петък,събота,неделя',
  ],
  [
    'русский',
    'Russian',
    'dmy',
    1,
    1049,
    'ru-RU',
    'Январь,Февраль,Март,Апрель,Май,Июнь,Июль,Август,Сентябрь,Октябрь,Ноябрь,Декабрь',
    'янв,фев,мар,апр,май,июн,июл,авг,сен,окт,ноя,дек',
    'понедельник,вторник,среда,четверг,пятница,суббота,воскресенье',
  ],
  [
    'Türkçe',
    'Turkish',
    'dmy',
    1,
    1055,
    'tr-TR',
    'Ocak,Şubat,Mart,Nisan,Mayıs,Haziran,Temmuz,Ağustos,Eylül,Ekim,Kasım,Aralık',
    'Oca,Şub,Mar,Nis,May,Haz,Tem,Ağu,Eyl,Eki,Kas,Ara',
    'Pazartesi,Salı,Çarşamba,Perşembe,Cuma,Cumartesi,Pazar',
  ],
  ['British', 'British English', 'dmy', 1, 2057, 'en-GB', englishMonths, englishShortMonths, englishDays],
  [
    'eesti',
    'Estonian',
    'dmy',
    1,
    1061,
    'et-EE',
    'jaanuar,veebruar,märts,aprill,mai,juuni,juuli,august,september,oktoober,november,detsember',
    'jaan,veebr,märts,apr,mai,juuni,juuli,aug,sept,okt,nov,dets',
    'esmaspäev,teisipäev,kolmapäev,neljapäev,reede,laupäev,pühapäev',
  ],
  [
    'latviešu',
    'Latvian',
    'ymd',
    1,
    1062,
    'lv-LV',
    'janvāris,februāris,marts,aprīlis,maijs,jūnijs,jūlijs,augusts,septembris,oktobris,novembris,decembris',
    'jan,feb,mar,apr,mai,jūn,jūl,aug,sep,okt,nov,dec',
    'pirmdiena,otrdiena,trešdiena,ceturtdiena,piektdiena,sestdiena,svētdiena',
  ],
  [
    'lietuvių',
    'Lithuanian',
    'ymd',
    1,
    1063,
    'lt-LT',
    'sausis,vasaris,kovas,balandis,gegužė,birželis,liepa,rugpjūtis,rugsėjis,spalis,lapkritis,gruodis',
    'sau,vas,kov,bal,geg,bir,lie,rgp,rgs,spl,lap,grd',
    'pirmadienis,antradienis,trečiadienis,ketvirtadienis,penktadienis,šeštadienis,sekmadienis',
  ],
  [
    'Português (Brasil)',
    'Brazilian',
    'dmy',
    7,
    1046,
    'pt-BR',
    'Janeiro,Fevereiro,Março,Abril,Maio,Junho,Julho,Agosto,Setembro,Outubro,Novembro,Dezembro',
    'Jan,Fev,Mar,Abr,Mai,Jun,Jul,Ago,Set,Out,Nov,Dez',
    'Segunda-Feira,Terça-Feira,Quarta-Feira,Quinta-Feira,Sexta-Feira,Sábado,Domingo',
  ],
  [
    '繁體中文',
    'Traditional Chinese',
    'ymd',
    7,
    1028,
    'zh-TW',
    '一月,二月,三月,四月,五月,六月,七月,八月,九月,十月,十一月,十二月',
    numberedMonths,
    chineseDays,
  ],
  [
    '한국어',
    'Korean',
    'ymd',
    7,
    1042,
    'ko-KR',
    numberedMonths,
    numberedMonths,
    '월요일,화요일,수요일,목요일,금요일,토요일,일요일',
  ],
  ['简体中文', 'Simplified Chinese', 'ymd', 7, 2052, 'zh-CN', numberedMonths, numberedMonths, chineseDays],
  [
    'Arabic',
    'Arabic',
    'dmy',
    1,
    1025,
    'ar-SA',
    'Muharram,Safar,Rabie I,Rabie II,Jumada I,Jumada II,Rajab,Shaaban,Ramadan,Shawwal,Thou Alqadah,Thou Alhajja',
    englishShortMonths,
    englishDays,
  ],
  [
    'ไทย',
    'Thai',
    'dmy',
    7,
    1054,
    'th-TH',
    'มกราคม,กุมภาพันธ์,มีนาคม,เมษายน,พฤษภาคม,มิถุนายน,กรกฎาคม,สิงหาคม,กันยายน,ตุลาคม,พฤศจิกายน,ธันวาคม',
    'ม.ค.,ก.พ.,มี.ค.,เม.ย.,พ.ค.,มิ.ย.,ก.ค.,ส.ค.,ก.ย.,ต.ค.,พ.ย.,ธ.ค.',
    'จันทร์,อังคาร,พุธ,พฤหัสบดี,ศุกร์,เสาร์,อาทิตย์',
  ],
  ['norsk (bokmål)', 'Bokmål', 'dmy', 1, 1044, 'nb-NO', norwegianMonths, norwegianShortMonths, nordicDays],
];

/** Every language of the server, in the order of their ids. */
export const languages: readonly Language[] = entries.map(
  ([name, alias, dateFormat, dateFirst, lcid, culture, months, shortMonths, days], id) => ({
    id,
    name,
    alias,
    dateFormat,
    dateFirst,
    lcid,
    messageLocale: alias === 'British English' ? 1033 : lcid,
    months: months.split(','),
    shortMonths: shortMonths.split(','),
    days: days.split(','),
    culture,
  }),
);

/** What a session has unless it asks for another. */
export const usEnglish: Language = languages[0] as Language;

const byName = new Map(
  languages.flatMap((language) => [
    [language.name.toLowerCase(), language] as const,
    [language.alias.toLowerCase(), language] as const,
  ]),
);

/** The language of an official name or an alias, in any case; accents count. */
export function findLanguage(name: string): Language | undefined {
  return byName.get(name.toLowerCase());
}
