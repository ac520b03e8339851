import { existsSync } from 'node:fs';

/** Where Debian, Ubuntu and Fedora put a browser of Chromium's kind. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of a Chromium of this machine; CHROMIUM names another one. Undefined where there is none. */
export const chromium: string | undefined = [process.env.CHROMIUM, ...places].find(
  (path) => path !== undefined && existsSync(path),
);

/** Why the page isn't tested where there is no Chromium. */
export const noChromium =
  "No Chromium here (Debian: apt-get install chromium; CHROMIUM names another one's path): the page is not tested in a browser.";
