// SPDX-License-Identifier: GPL-2.0
/*
 * An emulated TSM and the TDIs that it talks to, for the lab of tdispmodel.
 * There is no security here: no device, firmware or host is asked.
 *
 * Each PCI device gets a folder emulated_tsm with what userspace does:
 *   lock, unlock   "tsm0"
 *   accept         a boolean
 *   report         read: the device's report, in CONFIG_LOCKED only
 *   state          read: TDI state, locked, accepted, sets of ranges
 * and what host and device do is written to the parameter "host":
 *   ADDRESS plain|unready|ready|error|reset|swap
 *   ADDRESS set TDI LOCKED ACCEPTED RANGES
 *
 * lock, accept and unlock check, in this order and with these errors, what
 * the posted v1 and v2 series "PCI/TSM" check.  What is left to a TSM there
 * (the device is not in the state for it, or not ready) is EIO here, which is
 * our choice; so is all of report.
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include "lab_tsm.h"

enum tdi { CONFIG_UNLOCKED, CONFIG_LOCKED, RUN, ERROR };

static const char * const tdi_names[] = {
	"CONFIG_UNLOCKED", "CONFIG_LOCKED", "RUN", "ERROR",
};

/* What is at an address; the TDI is the device's, the rest the guest's. */
struct slot {
	struct list_head list;
	char address[32];
	enum tdi tdi;
	bool plain;
	bool ready;
	bool needs_prepare;
	bool locked;
	bool accepted;
	int ranges;
};

static LIST_HEAD(slots);
static DEFINE_MUTEX(slots_mutex);	/* taken with the device's lock held */

static bool registered;
static bool ties_session = true;
static bool refuses_second_start = true;
static bool traps_bus_master;
static bool fails_late;
static bool loses_stop;

module_param(ties_session, bool, 0644);
MODULE_PARM_DESC(ties_session, "a device that is swapped loses its lock");
module_param(refuses_second_start, bool, 0644);
MODULE_PARM_DESC(refuses_second_start, "a device in RUN is not started again");
module_param(traps_bus_master, bool, 0644);
MODULE_PARM_DESC(traps_bus_master, "an unbind does not end RUN");
module_param(fails_late, bool, 0644);
MODULE_PARM_DESC(fails_late, "accept fails after the device was started");
module_param(loses_stop, bool, 0644);
MODULE_PARM_DESC(loses_stop, "unlock does not reach the device");

static struct slot *slot_at(const char *address)
{
	struct slot *slot;

	lockdep_assert_held(&slots_mutex);
	list_for_each_entry(slot, &slots, list)
		if (!strcmp(slot->address, address))
			return slot;
	slot = kzalloc(sizeof(*slot), GFP_KERNEL);
	if (!slot)
		return NULL;
	strscpy(slot->address, address, sizeof(slot->address));
	slot->ready = true;
	list_add(&slot->list, &slots);
	return slot;
}

static void fall_to_error(struct slot *slot)
{
	if (slot->tdi == CONFIG_LOCKED || slot->tdi == RUN)
		slot->tdi = ERROR;
}

static void reset(struct slot *slot)
{
	slot->tdi = CONFIG_UNLOCKED;
	slot->ready = !slot->needs_prepare;
}

/* One set of ranges goes; a set that was recorded twice leaves one behind. */
static void drop_context(struct slot *slot)
{
	slot->locked = false;
	slot->accepted = false;
	slot->ranges = slot->ranges == 2;
}

static int lock(struct device *dev, struct slot *slot)
{
	if (slot->locked)
		return -EBUSY;
	if (!registered)
		return -ENXIO;
	if (dev->driver)
		return -EBUSY;
	if (slot->plain || slot->tdi != CONFIG_UNLOCKED || !slot->ready)
		return -EIO;
	slot->tdi = CONFIG_LOCKED;
	slot->locked = true;
	return 0;
}

static int accept(struct device *dev, struct slot *slot)
{
	bool again = slot->tdi == RUN && !refuses_second_start;

	if (!slot->locked)
		return -EINVAL;
	if (dev->driver)
		return -EBUSY;
	if (!registered || !(slot->tdi == CONFIG_LOCKED || again))
		return -EIO;
	slot->tdi = RUN;
	if (fails_late)
		return -EIO;
	slot->accepted = true;
	slot->ranges = min(slot->ranges + 1, 2);
	return 0;
}

static int unlock(struct device *dev, struct slot *slot)
{
	if (!slot->locked || !registered)
		return -EINVAL;
	if (dev->driver)
		return -EBUSY;
	drop_context(slot);
	if (!loses_stop)
		slot->tdi = CONFIG_UNLOCKED;
	return 0;
}

static ssize_t done(struct device *dev, size_t count,
		    int (*verb)(struct device *dev, struct slot *slot))
{
	struct slot *slot;
	int error;

	guard(device)(dev);
	guard(mutex)(&slots_mutex);
	slot = slot_at(dev_name(dev));
	error = slot ? verb(dev, slot) : -ENOMEM;
	return error ?: count;
}

static ssize_t lock_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t count)
{
	return sysfs_streq(buf, "tsm0") ? done(dev, count, lock) : -EINVAL;
}
static DEVICE_ATTR_WO(lock);

static ssize_t unlock_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	return sysfs_streq(buf, "tsm0") ? done(dev, count, unlock) : -EINVAL;
}
static DEVICE_ATTR_WO(unlock);

static ssize_t accept_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	bool wanted;

	if (kstrtobool(buf, &wanted) || !wanted)
		return -EINVAL;
	return done(dev, count, accept);
}
static DEVICE_ATTR_WO(accept);

static ssize_t report_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct slot *slot;

	guard(mutex)(&slots_mutex);
	slot = slot_at(dev_name(dev));
	if (!slot)
		return -ENOMEM;
	if (!registered)
		return -ENXIO;
	if (slot->tdi != CONFIG_LOCKED)
		return -EIO;
	return sysfs_emit(buf, "the report of %s\n", slot->address);
}
static DEVICE_ATTR_RO(report);

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct slot *slot;

	guard(mutex)(&slots_mutex);
	slot = slot_at(dev_name(dev));
	if (!slot)
		return -ENOMEM;
	return sysfs_emit(buf, "%s %d %d %d\n", tdi_names[slot->tdi],
			  slot->locked, slot->accepted, slot->ranges);
}
static DEVICE_ATTR_RO(state);

static struct attribute *emulated_attrs[] = {
	&dev_attr_lock.attr,
	&dev_attr_unlock.attr,
	&dev_attr_accept.attr,
	&dev_attr_report.attr,
	&dev_attr_state.attr,
	NULL
};

static const struct attribute_group emulated_group = {
	.name = "emulated_tsm",
	.attrs = emulated_attrs,
};

/* Whether userspace accepted the device; its probe asks, its lock held. */
bool lab_tsm_accepted(struct device *dev)
{
	struct slot *slot;

	guard(mutex)(&slots_mutex);
	slot = slot_at(dev_name(dev));
	return slot && slot->accepted;
}
EXPORT_SYMBOL_GPL(lab_tsm_accepted);

static int host_set(const char *value, const struct kernel_param *param)
{
	int locked, accepted, ranges, tdi;
	char address[32], word[16], name[16];
	struct slot *slot;

	if (sscanf(value, "%31s %15s", address, word) != 2)
		return -EINVAL;
	guard(mutex)(&slots_mutex);
	slot = slot_at(address);
	if (!slot)
		return -ENOMEM;
	if (!strcmp(word, "plain")) {
		slot->plain = true;
	} else if (!strcmp(word, "unready")) {
		slot->needs_prepare = true;
		slot->ready = false;
	} else if (!strcmp(word, "ready")) {
		slot->ready = true;
	} else if (!strcmp(word, "error")) {
		fall_to_error(slot);
	} else if (!strcmp(word, "reset")) {
		reset(slot);
	} else if (!strcmp(word, "swap")) {
		if (ties_session)
			fall_to_error(slot);
	} else if (sscanf(value, "%*s set %15s %d %d %d", name, &locked,
			  &accepted, &ranges) == 4) {
		tdi = match_string(tdi_names, ARRAY_SIZE(tdi_names), name);
		if (tdi < 0)
			return tdi;
		slot->tdi = tdi;
		slot->locked = locked;
		slot->accepted = accepted;
		slot->ranges = ranges;
	} else {
		return -EINVAL;
	}
	return 0;
}

static const struct kernel_param_ops host_ops = { .set = host_set };
module_param_cb(host, &host_ops, NULL, 0200);
MODULE_PARM_DESC(host, "what host and device do: see the head of the source");

/* A TSM that goes away unlocks what has no driver, and leaves the rest. */
static int registered_set(const char *value, const struct kernel_param *param)
{
	struct pci_dev *pdev = NULL;
	struct slot *slot;
	int error;

	error = param_set_bool(value, param);
	if (error || registered)
		return error;
	for_each_pci_dev(pdev) {
		guard(device)(&pdev->dev);
		guard(mutex)(&slots_mutex);
		slot = slot_at(pci_name(pdev));
		if (slot && slot->locked && !pdev->dev.driver) {
			drop_context(slot);
			slot->tdi = CONFIG_UNLOCKED;
		}
	}
	return 0;
}

static const struct kernel_param_ops registered_ops = {
	.set = registered_set,
	.get = param_get_bool,
};
module_param_cb(registered, &registered_ops, &registered, 0644);
MODULE_PARM_DESC(registered, "whether the TSM is there");

/* What the device core does with a device, and what follows from it. */
static int happens(struct notifier_block *block, unsigned long action,
		   void *data)
{
	struct device *dev = data;
	struct slot *slot;

	guard(mutex)(&slots_mutex);
	slot = slot_at(dev_name(dev));
	if (!slot)
		return NOTIFY_DONE;
	switch (action) {
	case BUS_NOTIFY_ADD_DEVICE:
		if (sysfs_create_group(&dev->kobj, &emulated_group))
			dev_warn(dev, "no emulated TSM\n");
		break;
	case BUS_NOTIFY_BIND_DRIVER:	/* before the probe, at T=0 unless accepted */
		slot->ready |= !slot->accepted;
		break;
	case BUS_NOTIFY_UNBOUND_DRIVER:	/* Bus Master Enable is cleared */
		if (!traps_bus_master)
			fall_to_error(slot);
		break;
	case BUS_NOTIFY_REMOVED_DEVICE:
		if (slot->locked && registered)
			slot->tdi = CONFIG_UNLOCKED;
		drop_context(slot);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block notifier = { .notifier_call = happens };

static int __init lab_tsm_init(void)
{
	struct pci_dev *pdev = NULL;
	int error;

	error = bus_register_notifier(&pci_bus_type, &notifier);
	if (error)
		return error;
	for_each_pci_dev(pdev)
		happens(&notifier, BUS_NOTIFY_ADD_DEVICE, &pdev->dev);
	return 0;
}
module_init(lab_tsm_init);

static void __exit lab_tsm_exit(void)
{
	struct pci_dev *pdev = NULL;
	struct slot *slot, *next;

	bus_unregister_notifier(&pci_bus_type, &notifier);
	for_each_pci_dev(pdev)
		sysfs_remove_group(&pdev->dev.kobj, &emulated_group);
	list_for_each_entry_safe(slot, next, &slots, list)
		kfree(slot);
}
module_exit(lab_tsm_exit);

MODULE_DESCRIPTION("An emulated TSM");
MODULE_LICENSE("GPL");
