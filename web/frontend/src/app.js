import './config.js';
import './tables.js'; // before htmx: it may keep a form from it
import 'htmx.org/dist/htmx.esm.js';
import './asked.js';
import './candidates.js';
import './connection.js';
import './copy.js';
import './desk.js';
import './draft.js';
import './files.js';
import './fresh.js';
import './submit.js';
import './visible.js';
