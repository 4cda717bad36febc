// SPDX-License-Identifier: GPL-2.0
/*
 * A PCI driver that does as it is told, for the lab of tdispmodel: its probe
 * binds, defers, fails, registers a child that binds and then defers, or goes
 * on until it is told to end.  Where the emulated TSM is loaded, and says that
 * the device is accepted, it neither defers nor fails.
 *
 * It binds the device that QEMU calls pvpanic-pci, and does nothing with it.
 */
#include <linux/completion.h>
#include <linux/dev_printk.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include "lab_tsm.h"

enum does { BINDS, DEFERS, FAILS, REGISTERS_CHILD, WAITS };

#define LONGEST (300 * HZ)

static int does;
module_param(does, int, 0644);
MODULE_PARM_DESC(does, "0: bind, 1: defer, 2: fail with EIO, 3: register a child, then defer, 4: wait, then bind");

static int most = 200;
module_param(most, int, 0644);
MODULE_PARM_DESC(most, "after so many probes it fails, so that nothing is endless");

static int probes;
module_param(probes, int, 0444);
MODULE_PARM_DESC(probes, "how often its probe was called");

static DECLARE_COMPLETION(ends);

static int finish_set(const char *value, const struct kernel_param *param)
{
	complete(&ends);
	return 0;
}

static const struct kernel_param_ops finish_ops = { .set = finish_set };
module_param_cb(finish, &finish_ops, NULL, 0200);
MODULE_PARM_DESC(finish, "written to: a probe that waits ends");

static int child_probe(struct platform_device *child)
{
	return 0;
}

static struct platform_driver child_driver = {
	.probe = child_probe,
	.driver.name = "lab_child",
};

static bool accepted(struct device *dev)
{
	typeof(&lab_tsm_accepted) asks = symbol_get(lab_tsm_accepted);
	bool answer = asks && asks(dev);

	if (asks)
		symbol_put(lab_tsm_accepted);
	return answer;
}

static int lab_probe(struct pci_dev *device, const struct pci_device_id *id)
{
	struct platform_device *child;

	if (++probes > most)
		return -EIO;
	if (does == WAITS) {
		reinit_completion(&ends);
		if (!wait_for_completion_timeout(&ends, LONGEST))
			return -ETIMEDOUT;
		return pcim_enable_device(device);
	}
	switch (accepted(&device->dev) ? BINDS : does) {
	case FAILS:
		return -EIO;
	case REGISTERS_CHILD:
		child = platform_device_register_simple("lab_child", PLATFORM_DEVID_AUTO, NULL, 0);
		if (IS_ERR(child))
			return PTR_ERR(child);
		platform_device_unregister(child);
		fallthrough;
	case DEFERS:
		return dev_err_probe(&device->dev, -EPROBE_DEFER, "as the lab wants it\n");
	default:
		return pcim_enable_device(device);
	}
}

static const struct pci_device_id lab_ids[] = {
	{ PCI_DEVICE(0x1b36, 0x0011) },
	{ }
};

static struct pci_driver lab_driver = {
	.name = "lab_driver",
	.id_table = lab_ids,
	.probe = lab_probe,
};

static int __init lab_init(void)
{
	int error = platform_driver_register(&child_driver);

	if (error)
		return error;
	error = pci_register_driver(&lab_driver);
	if (error)
		platform_driver_unregister(&child_driver);
	return error;
}
module_init(lab_init);

static void __exit lab_exit(void)
{
	pci_unregister_driver(&lab_driver);
	platform_driver_unregister(&child_driver);
}
module_exit(lab_exit);

MODULE_DESCRIPTION("A driver that does as it is told");
MODULE_LICENSE("GPL");
