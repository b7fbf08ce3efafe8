// What the properties panel shows: of the groups of BPMN and Camunda those that Alur executes, and our own.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import actor from './actor.js';
import versioned from './call.js';
import form from './form.js';
import identity from './identity.js';
import sop from './sop.js';
import work from './work.js';

const FIRST = ['general', 'documentation'];
const OURS = [sop, actor, form, work, identity];
const LAST = [
  'timer', 'CamundaPlatform__Condition', 'message', 'signal', 'error', 'escalation', 'multiInstance',
  'CamundaPlatform__Implementation', 'CamundaPlatform__Script', 'CamundaPlatform__CallActivity', 'CamundaPlatform__InMapping',
  'CamundaPlatform__OutMapping', 'CamundaPlatform__UserAssignment', 'CamundaPlatform__ExtensionProperties',
];
const AFTER_ALL = 100; // less than the others' priority: sees their groups

class Provider {
  static $inject = ['propertiesPanel', 'injector'];

  constructor(propertiesPanel, injector) {
    this.injector = injector;
    propertiesPanel.registerProvider(AFTER_ALL, this);
  }

  getGroups(element) {
    return (groups) => {
      const known = (names) => names.map((id) => groups.find((one) => one.id === id)).filter(Boolean);
      const own = OURS.map((group) => group(element, this.injector)).filter(Boolean);
      const call = groups.find((one) => one.id === 'CamundaPlatform__CallActivity');
      if (call) call.entries = versioned(call.entries, element, this.injector);
      const translate = this.injector.get('translate');
      for (const group of own) Object.assign(group, { label: translate(group.label), translate });
      return [...known(FIRST), ...own, ...known(LAST.filter((id) => id !== 'multiInstance' || is(element, 'bpmn:Activity')))];
    };
  }
}

export default { __init__: ['alurProperties'], alurProperties: ['type', Provider] };
