// SPDX-License-Identifier: GPL-2.0
/*
 * A PCI driver that only prepares, for the lab of tdispmodel: it binds a device
 * where driver_override names it, and does nothing with it.  The emulated TSM
 * takes every probe before acceptance for a preparation.
 */
#include <linux/module.h>
#include <linux/pci.h>

static int prepare_probe(struct pci_dev *device, const struct pci_device_id *id)
{
	return pcim_enable_device(device);
}

static const struct pci_device_id prepare_ids[] = {
	{ PCI_DEVICE_DRIVER_OVERRIDE(0x1b36, 0x0011, 1) },
	{ }
};

static struct pci_driver prepare_driver = {
	.name = "lab_prepare",
	.id_table = prepare_ids,
	.probe = prepare_probe,
};
module_pci_driver(prepare_driver);

MODULE_DESCRIPTION("A driver that only prepares");
MODULE_LICENSE("GPL");
