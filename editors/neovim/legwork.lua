-- Legwork in Neovim 0.7 and later. Put this file into a folder `lua/` of your configuration, and call:
--   require('legwork').setup()
--   require('legwork').setup({ cmd = { '/path/to/legwork', 'lsp' }, settings = { env = 'dev' } })
local M = {}

local options = { cmd = { 'legwork', 'lsp' }, settings = {} }

-- The server of each folder. A file's type may be set more than once, and one server answers for all files of a folder.
local servers = {}

local function root_of(path)
  local found = vim.fn.findfile('legwork.toml', vim.fn.fnamemodify(path, ':h') .. ';')
  return vim.fn.fnamemodify(found ~= '' and found or path, ':p:h')
end

-- Asks the server to carry out a command about the task under the cursor.
function M.run(command, argument, done)
  local position = vim.lsp.util.make_position_params(0, 'utf-16')
  local given = vim.tbl_extend('force', { uri = position.textDocument.uri, position = position.position }, argument or {})
  vim.lsp.buf_request(0, 'workspace/executeCommand', { command = command, arguments = { given } }, function(err, answer)
    if err then
      vim.notify(err.message, vim.log.levels.ERROR)
    end
    if done then
      done(err, answer)
    end
  end)
end

function M.attach(buffer)
  local path = vim.api.nvim_buf_get_name(buffer)
  if path == '' then
    return
  end
  local root = root_of(path)
  servers[root] = servers[root] or vim.lsp.start_client({
    name = 'legwork',
    cmd = options.cmd,
    root_dir = root,
    init_options = options.settings,
    settings = { legwork = options.settings },
    on_exit = function()
      servers[root] = nil
    end,
  })
  if servers[root] then
    vim.lsp.buf_attach_client(buffer, servers[root])
  end
end

function M.setup(given)
  options = vim.tbl_deep_extend('force', options, given or {})
  local commands = {
    LegworkTest = 'legwork.testRequest',
    LegworkDryRun = 'legwork.dryRun',
    LegworkCancel = 'legwork.cancel',
    LegworkShow = 'legwork.showLastResponse',
    LegworkEnv = 'legwork.selectEnv',
  }
  for name, command in pairs(commands) do
    vim.api.nvim_create_user_command(name, function()
      M.run(command)
    end, {})
  end
  local group = vim.api.nvim_create_augroup('legwork', {})
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = { 'yaml', 'json' },
    callback = function(event)
      M.attach(event.buf)
    end,
  })
  -- Neovim shows code lenses only when it is told to.
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'CursorHold' }, {
    group = group,
    pattern = { '*.yaml', '*.yml', '*.json' },
    callback = function()
      pcall(vim.lsp.codelens.refresh)
    end,
  })
end

return M
