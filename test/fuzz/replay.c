/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a fuzz target over a corpus folder: each file whole, and each of its prefixes. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_LEN 65536
#define PREFIX_MAX   2048 /* longer files are cut this often from their front only */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A copy of exactly @len octets, so that the sanitizer sees any step past the end. */
static void run_exact(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, data, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void run_file(const char *dir, const char *name)
{
	static uint8_t buf[FILE_MAX_LEN];
	char path[4096];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (!f) {
		perror(path);
		exit(1);
	}
	len = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	for (size_t n = 0; n < len && n < PREFIX_MAX; n++)
		run_exact(buf, n);
	run_exact(buf, len);
}

int main(int argc, char **argv)
{
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *e;
	unsigned files = 0;

	if (!dir) {
		fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
		return 2;
	}
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		run_file(argv[1], e->d_name);
		files++;
	}
	closedir(dir);
	printf("%u corpus files\n", files);
	return files ? 0 : 1;
}
