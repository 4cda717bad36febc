/* SPDX-License-Identifier: GPL-2.0 */
/* What the lab's driver asks the lab's emulated TSM. */
#ifndef LAB_TSM_H
#define LAB_TSM_H

struct device;

bool lab_tsm_accepted(struct device *dev);

#endif
