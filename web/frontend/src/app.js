import './config.js';
import 'htmx.org/dist/htmx.esm.js';
import './connection.js';
import './copy.js';
import './desk.js';
import './submit.js';
import './visible.js';
