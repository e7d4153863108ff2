/** Where `npm start` keeps the lines that functions print, as CloudWatch would: of the last run only. */
export const LOG_FILE = 'build/local.log';
