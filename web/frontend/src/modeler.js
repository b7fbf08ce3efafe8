// The modeler: <div id="modeler"> with the addresses that modeler.html says; modules in modeler/.
import { begin } from './modeler/page.js';

begin(document.getElementById('modeler'));
