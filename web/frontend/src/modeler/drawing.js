// bpmn-js with the extensions of Camunda 7, or of Operaton where the file speaks of those.
import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule } from 'bpmn-js-properties-panel';
import CamundaBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import appending from './appending.js';
import simulation from './simulation.js';
import panel from './panel/index.js';
import steps from './steps.js';
import translation from './translation.js';
import waktu from './waktu.js';

const OPERATON = 'http://operaton.org/schema/1.0/bpmn';

/** The modeler for a file; its names keep the namespace that they came in. */
export function modelerFor(xml, canvas, properties, office) {
  const own = xml.includes(`"${OPERATON}"`) && !xml.includes(`"${camunda.uri}"`);
  return new Modeler({
    container: canvas,
    propertiesPanel: { parent: properties, layout: { groups: { general: { open: true }, sop: { open: true }, actor: { open: true } } } },
    moddleExtensions: { camunda: own ? { ...camunda, uri: OPERATON } : camunda },
    additionalModules: [
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      CamundaPlatformPropertiesProviderModule,
      CamundaBehaviors,
      appending,
      simulation,
      steps,
      translation,
      waktu,
      panel,
      { office: ['value', office] },
    ],
  });
}

export async function xmlOf(modeler) {
  return (await modeler.saveXML({ format: true })).xml;
}
