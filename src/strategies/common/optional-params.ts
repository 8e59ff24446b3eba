/** Parameters that may be left out. The form's metadata sits on the optional schema as well as on the inner one. */

import { type ParamForm, priceParam } from '../../engine/strategy/params.ts';

/** A price that may be left out; leaving it out switches its function off. */
export function optionalPriceParam(form: ParamForm) {
  return priceParam(form).optional().meta({ form, format: 'price', optional: true });
}
