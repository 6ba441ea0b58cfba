// A test corpus in three versions: the same arguments give the same bytes on every machine.
//
// usage: corpus FOLDER MEBIBYTES VERSION [SEED]
//
// 45 % of the bytes are files of words, 45 % files of random bytes (up to 32 MiB each), the rest small files of 0.5 to 33 KiB, half of each
// kind. Version 1 is the original. In version 2 every large file has an edit of 8 KiB about every 820 KiB, in version 3 one edit of 320 KiB;
// either way about 1 % of the bytes, by turns overwritten, inserted and deleted. One small file in a hundred is other bytes.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WORDS = 4096, LONGEST_WORD = 10, FOLDERS = 64, LARGE_FILE = 32 << 20, SMALL_EDIT = 8 << 10, LARGE_EDIT = 320 << 10 };

typedef void filler(uint8_t *to, size_t length, uint64_t seed);

static char word[WORDS][LONGEST_WORD];
static int word_length[WORDS];
static int version;

// SplitMix64 (Steele, Lea, Flood 2014).
static uint64_t next(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void make_words(uint64_t seed) {
    for (int w = 0; w < WORDS; w++) {
        word_length[w] = 2 + (int)(next(&seed) % 9);
        for (int i = 0; i < word_length[w]; i++) word[w][i] = (char)('a' + next(&seed) % 26);
    }
}

static size_t append(uint8_t *to, size_t at, size_t length, const char *text, size_t count) {
    if (count > length - at) count = length - at;
    memcpy(to + at, text, count);
    return at + count;
}

// Words, the first ones the most often; lines of about 13 words; now and then a number.
static void fill_text(uint8_t *to, size_t length, uint64_t seed) {
    for (size_t at = 0; at < length;) {
        uint64_t draw = next(&seed);
        int w = (int)((draw % WORDS) * ((draw >> 12) % WORDS) / WORDS);
        at = append(to, at, length, word[w], (size_t)word_length[w]);
        at = append(to, at, length, (draw >> 40) % 13 ? " " : "\n", 1);
        if ((draw >> 50) % 64) continue;
        char number[40];
        int count = snprintf(number, sizeof number, "%llu,%u.%u;", (unsigned long long)(draw >> 33), (unsigned)(draw >> 20) % 1024, (unsigned)draw & 99);
        at = append(to, at, length, number, (size_t)count);
    }
}

static void fill_random(uint8_t *to, size_t length, uint64_t seed) {
    uint64_t draw;
    for (; length >= sizeof draw; to += sizeof draw, length -= sizeof draw) {
        draw = next(&seed);
        memcpy(to, &draw, sizeof draw);
    }
    draw = next(&seed);
    memcpy(to, &draw, length);
}

static void must(int fine, const char *path) {
    if (fine) return;
    fprintf(stderr, "corpus: %s: %s\n", path, strerror(errno));
    exit(1);
}

static void emit(FILE *out, const uint8_t *bytes, size_t length, const char *path) { must(fwrite(bytes, 1, length, out) == length, path); }

static void make_folder(const char *path) { must(mkdir(path, 0777) == 0 || errno == EEXIST, path); }

// Copies the file with its edits. An overwrite may end past the file's old end.
static void emit_edited(FILE *out, const uint8_t *bytes, size_t length, uint64_t seed, const char *path) {
    static uint8_t edit[LARGE_EDIT];
    int many = version == 2;
    size_t edit_length = many ? SMALL_EDIT : LARGE_EDIT;
    unsigned kind = many ? 0 : (unsigned)(seed % 3);
    for (size_t at = 0; at < length; kind++) {
        uint64_t draw = next(&seed);
        size_t keep = many ? 600000 + draw % 440000 : 1000000 + draw % 31000000;
        if (keep > length - at) keep = length - at;
        emit(out, bytes + at, keep, path);
        if ((at += keep) == length) break;
        if (kind % 3 != 2) {
            // The random numbers of an edit are drawn from the file's own sequence: length / 8, and one more.
            fill_random(edit, edit_length, seed);
            for (size_t i = 0; i <= edit_length / 8; i++) next(&seed);
            emit(out, edit, edit_length, path);
        }
        if (kind % 3 != 1) at = edit_length < length - at ? at + edit_length : length;
        if (many) continue;
        emit(out, bytes + at, length - at, path);
        break;
    }
}

static FILE *create(const char *path) {
    FILE *out = fopen(path, "wb");
    must(out != NULL, path);
    return out;
}

static void write_large(const char *folder, const char *form, filler *fill, size_t total, uint64_t seed, uint64_t edit_seed, uint8_t *buffer) {
    char path[4096], name[64];
    for (int i = 0; total > 0; i++) {
        size_t length = total < LARGE_FILE ? total : LARGE_FILE;
        snprintf(name, sizeof name, form, i);
        snprintf(path, sizeof path, "%s/%s", folder, name);
        fill(buffer, length, seed + (uint64_t)i);
        FILE *out = create(path);
        if (version == 1) emit(out, buffer, length, path);
        else emit_edited(out, buffer, length, edit_seed + 2 * (uint64_t)i + 1, path);
        must(fclose(out) == 0, path);
        total -= length;
    }
}

static void write_small(const char *folder, size_t total, uint64_t seed, uint8_t *buffer) {
    char path[4096];
    for (int i = 0; total > 0; i++) {
        uint64_t state = seed + (uint64_t)i;
        size_t length = 512 + next(&state) % 32768;
        if (length > total) length = total;
        (i % 2 ? fill_text : fill_random)(buffer, length, state);
        if (version != 1 && i % 100 == 0) fill_random(buffer, length, (uint64_t)i);
        snprintf(path, sizeof path, "%s/small/%02d", folder, i % FOLDERS);
        make_folder(path);
        snprintf(path, sizeof path, "%s/small/%02d/f%05d", folder, i % FOLDERS, i);
        FILE *out = create(path);
        emit(out, buffer, length, path);
        must(fclose(out) == 0, path);
        total -= length;
    }
}

int main(int count, char **arguments) {
    size_t mebibytes = count >= 4 ? strtoull(arguments[2], NULL, 10) : 0;
    version = count >= 4 ? atoi(arguments[3]) : 0;
    if (mebibytes == 0 || version < 1 || version > 3) {
        fputs("usage: corpus FOLDER MEBIBYTES 1|2|3 [SEED]\n", stderr);
        return 2;
    }
    const char *folder = arguments[1];
    uint64_t seed = count > 4 ? strtoull(arguments[4], NULL, 10) : 42;
    size_t total = mebibytes << 20, large = total * 45 / 100;
    uint8_t *buffer = malloc(LARGE_FILE);
    must(buffer != NULL, folder);
    make_words(seed);
    make_folder(folder);
    char path[4096];
    const char *parts[] = { "text", "random", "small" };
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, parts[i]);
        make_folder(path);
    }
    write_large(folder, "text/t%04d.txt", fill_text, large, seed * 1000003, seed * 77, buffer);
    write_large(folder, "random/r%04d.bin", fill_random, large, seed * 2000003, seed * 99, buffer);
    write_small(folder, total - 2 * large, seed * 3000017, buffer);
    free(buffer);
    return 0;
}
